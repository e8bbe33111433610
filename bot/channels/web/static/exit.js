// Quick exit: forget the talk, blank the page, put a harmless page in its place; so do the other tabs of this talk. Works as
// a plain link without this.
import { numbered } from "./parts.js";
import { hear, tell } from "./tabs.js";

const exit = document.getElementById("exit");
const TWICE_WITHIN = 1000;
let lastEscape = -Infinity;

function leave() {
  forget("same-origin");
  tell("left");
  vanish();
}

function forget(credentials) {
  const address = exit.dataset.leave;
  try {
    fetch(address, { method: "POST", body: numbered(), keepalive: true, credentials }).catch(() => {});
  } catch (error) {
    navigator.sendBeacon(address, numbered());
  }
}

function vanish() {
  document.dispatchEvent(new Event("leaving"));
  document.body.textContent = "";
  document.title = "";
  location.replace(exit.dataset.url);
}

// The cookie's talk was left; what was begun here before the cookie came is known to this page alone.
hear("left", () => {
  forget("omit");
  vanish();
});

exit.addEventListener("click", (event) => {
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || event.keyCode === 229 || event.repeat) return;
  if (event.timeStamp - lastEscape < TWICE_WITHIN) leave();
  lastEscape = event.timeStamp;
});
