// How the case stands: a clock that the page shows keeps on telling. A page that was opened anew shows none until somebody
// has written there: whoever only looks at it learns nothing.
import { card, show } from "./parts.js";

const log = document.getElementById("log");
let latest = null;

// A clock that came later says more than the ones before it.
export function clock() {
  const clocks = log.querySelectorAll(".clock");
  const last = clocks[clocks.length - 1];
  for (const earlier of clocks) if (earlier !== last) earlier.textContent = last.textContent;
}

// What the server tells: the clock, with a line that shows it; nothing where there is no case.
export function stand(told) {
  latest = told;
  if (told) for (const shown of log.querySelectorAll(".clock")) shown.textContent = told.clock;
  reveal();
}

// Not while an answer is on its way: it may bring a clock of its own.
export function reveal() {
  const said = log.querySelectorAll(".you");
  if (!latest || !said.length || log.querySelector(".thinking, .clock")) return;
  said[said.length - 1].after(card(latest.html));
}

// A question that still waits for its answer, on a page that does not show it: by its button it is known.
export function ask(html) {
  const question = card(html);
  if (log.querySelector(waiting(question))) return;
  question.classList.add("asked");
  log.append(question);
  show(question, "nearest");
}

// The letter that asks takes the place of its question.
export function settle(letter) {
  const asked = log.querySelector(".asked");
  if (asked && letter.querySelector(waiting(asked))) asked.remove();
}

function waiting(question) {
  return `button[value="${question.querySelector("button").value}"]`;
}
