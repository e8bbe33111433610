// Quick exit: forget the talk, blank the page, put a harmless page in its place; so do the other tabs of this talk. Works as
// a plain link without this.
import { hear, tell } from "./tabs.js";

const exit = document.getElementById("exit");
const TWICE_WITHIN = 1000;
let lastEscape = -Infinity;

function leave() {
  const forget = exit.dataset.leave;
  try {
    fetch(forget, { method: "POST", keepalive: true }).catch(() => {});
  } catch (error) {
    navigator.sendBeacon(forget);
  }
  tell("left");
  vanish();
}

function vanish() {
  document.dispatchEvent(new Event("leaving"));
  document.body.textContent = "";
  document.title = "";
  location.replace(exit.dataset.url);
}

hear("left", vanish);

exit.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.repeat) return;
  if (event.timeStamp - lastEscape < TWICE_WITHIN) leave();
  lastEscape = event.timeStamp;
});
