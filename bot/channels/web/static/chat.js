// The talk without reloading: each form marked data-chat is sent as JSON, and the card that comes back is added.
import { clear, take } from "./composer.js";
import { hush, listen } from "./letters.js";
import { beginAnew, card, copy, newName, numbered, show } from "./parts.js";
import { clock, reveal } from "./standing.js";
import { hear, tell } from "./tabs.js";

const log = document.getElementById("log");
const state = document.getElementById("status");
const composer = document.getElementById("composer");
const PATIENCE = 20000;
let stopped = new AbortController();
let queue = Promise.resolve();

// A page that is opened anew begins at its top: what stood further down is not there any more.
history.scrollRestoration = "manual";

// Who came back by a code sees the newest words. Neither the address nor what the browser keeps to load the page anew, the
// code that was sent for it, stays behind it.
if ("returned" in log.dataset) {
  document.getElementById("newest")?.scrollIntoView();
  history.replaceState(null, "", "/");
}

async function post(turn, signal) {
  const timer = new AbortController();
  const late = setTimeout(() => timer.abort(), PATIENCE);
  signal.addEventListener("abort", () => timer.abort());
  try {
    const response = await fetch(composer.dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(turn),
      signal: timer.signal,
    });
    if (response.status >= 500) throw new Error("server");
    return await response.json();
  } finally {
    clearTimeout(late);
  }
}

async function exchange(turn, bubble, moveFocus) {
  const { signal } = stopped;
  if (signal.aborted) return;
  const thinking = copy("thinking");
  bubble.after(thinking);
  state.textContent = state.dataset.thinking;
  try {
    const told = await post(turn, signal);
    const answer = card(told.html);
    thinking.replaceWith(answer);
    clock();
    reveal();
    // Only where a person may write are letters waited for.
    if (told.receipt || told.kind === "relayed") {
      listen();
      tell("listen");
    }
    if (moveFocus) answer.focus({ preventScroll: true });
    show(bubble);
  } catch (error) {
    thinking.remove();
    if (!signal.aborted) offerRetry(turn, bubble, moveFocus);
  }
  state.textContent = "";
}

function offerRetry(turn, bubble, moveFocus) {
  const failed = copy("failed");
  failed.querySelector("button").addEventListener("click", () => {
    failed.remove();
    enqueue(turn, bubble, moveFocus);
  });
  bubble.after(failed);
  show(bubble);
}

function enqueue(turn, bubble, moveFocus) {
  queue = queue.then(() => exchange(turn, bubble, moveFocus));
}

function say(turn, words, moveFocus) {
  const bubble = copy("you");
  bubble.querySelector(".said").textContent = words;
  log.append(bubble);
  show(bubble);
  enqueue(turn, bubble, moveFocus);
}

function mark(button) {
  if (!button.closest(".roles")) return;
  for (const other of document.querySelectorAll(".roles button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-chat]")) return;
  event.preventDefault();
  const button = event.submitter || document.activeElement;
  if (button.name === "command") {
    mark(button);
    say({ command: button.value, delivery: newName() }, button.textContent.trim(), true);
    return;
  }
  if (event.target !== composer) {
    // What could not be kept is sent once more, under its own name.
    const { text, delivery } = Object.fromEntries(new FormData(event.target));
    event.target.remove();
    say({ text, delivery }, text, true);
    return;
  }
  const text = take();
  if (text) say({ text, delivery: newName() }, text, false);
});

// Nothing more is sent of what waits to be sent.
async function stop() {
  stopped.abort();
  await queue;
  stopped = new AbortController();
}

const dialog = document.getElementById("confirm");

document.getElementById("forget").addEventListener("click", (event) => {
  if (!dialog.showModal) return;
  event.preventDefault();
  dialog.returnValue = "";
  dialog.showModal();
});

dialog.addEventListener("close", async () => {
  if (dialog.returnValue !== "yes") return;
  await stop();
  try {
    await erase(numbered(), "same-origin");
  } catch (error) {
    eraseByForm(numbered());
    return;
  }
  tell("deleted");
  empty();
});

async function erase(page, credentials) {
  const response = await fetch("/api/forget", { method: "POST", body: page, credentials });
  if (!response.ok) throw new Error("server");
}

// The page that comes says what became of it; loaded anew it tries once more.
function eraseByForm(page) {
  const form = Object.assign(document.createElement("form"), { method: "post", action: "/forget", hidden: true });
  for (const [name, value] of page) form.append(Object.assign(document.createElement("input"), { name, value }));
  document.body.append(form);
  form.submit();
}

// The page is as it is before anybody said anything: whoever looks at it learns nothing of what was said.
function empty() {
  hush();
  beginAnew();
  clear();
  state.textContent = "";
  log.textContent = "";
  delete log.dataset.known;
  delete log.dataset.returned;
  document.querySelector(".welcome").replaceWith(copy("fresh"));
  const said = copy("deleted");
  log.append(said);
  show(said, "center");
}

hear("listen", listen);
hear("deleted", async () => {
  await stop();
  // What was begun here before the cookie came is known to this page alone.
  const page = numbered();
  empty();
  erase(page, "omit").catch(() => eraseByForm(page));
});

// Which hotline was tapped is counted; who tapped it is not told.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href^="tel:"]') : null;
  if (!link) return;
  const number = link.getAttribute("href").slice(4);
  navigator.sendBeacon?.("/api/called", new Blob([JSON.stringify({ number })], { type: "application/json" }));
});
document.addEventListener("leaving", () => stopped.abort());
window.addEventListener("beforeprint", () => {
  for (const details of document.querySelectorAll(".law details")) details.open = true;
});
