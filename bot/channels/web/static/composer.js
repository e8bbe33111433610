// The text field: grows with its text, sends on Enter but never in the middle of composing, counts near the limit.
const form = document.getElementById("composer");
const field = document.getElementById("text");
const count = document.getElementById("count");
const NEAR = 100;
const TALLEST = 144;

function refresh() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 3, TALLEST)}px`;
  const left = Number(count.dataset.longest) - field.value.length;
  count.hidden = left > NEAR;
  count.textContent = (left >= 0 ? count.dataset.left : count.dataset.beyond).replace("{n}", String(Math.abs(left)));
}

// The keyCode: Safari ends a composition before the Enter that ended it arrives.
function sends(event) {
  return event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229;
}

field.addEventListener("input", refresh);
field.addEventListener("keydown", (event) => {
  if (!sends(event)) return;
  event.preventDefault();
  form.querySelector("button").click();
});

export function take() {
  const text = field.value.trim();
  field.value = "";
  refresh();
  return text;
}


export function clear() {
  take();
}
