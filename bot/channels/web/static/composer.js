// The text field: grows with its text, sends on Enter but never in the middle of composing, counts near the limit. What is
// too long for anybody to read is not sent: it stays in the field, and the page says so.
const form = document.getElementById("composer");
const field = document.getElementById("text");
const count = document.getElementById("count");
const state = document.getElementById("status");
const NEAR = 100;
const TALLEST = 144;

function refresh() {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 3, TALLEST)}px`;
  const length = written();
  const left = Number(count.dataset.longest) - length;
  count.hidden = left > NEAR;
  if (unsent(length)) say(count.dataset.unsent, length - Number(count.dataset.most));
  else say(left >= 0 ? count.dataset.left : count.dataset.beyond, left);
  field.setAttribute("aria-invalid", String(unsent(length)));
}

function say(sentence, number) {
  count.textContent = sentence.replace("{n}", String(number));
}

// Characters as the server counts them: an emoji is one.
function written() {
  return Array.from(field.value.trim()).length;
}

function unsent(length) {
  return length > Number(count.dataset.most);
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

// What is to be sent; nothing where there is nothing, or too much.
export function take() {
  if (unsent(written())) {
    state.textContent = count.textContent;
    return "";
  }
  const text = field.value.trim();
  clear();
  return text;
}

export function clear() {
  field.value = "";
  refresh();
}
