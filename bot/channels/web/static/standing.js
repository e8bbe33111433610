// How the case stands: a clock that the page shows keeps on telling. A page that was opened anew shows none until somebody
// has written there: whoever only looks at it learns nothing.
import { card, show } from "./parts.js";

const log = document.getElementById("log");
let latest = null;

// The clocks of one case: one that ended keeps its own where another begins on the same page.
function clocks(like) {
  return [...log.querySelectorAll(".clock")].filter((one) => one.dataset.received === like.dataset.received);
}

// A clock that came later says more than the ones before it.
export function clock() {
  const last = [...log.querySelectorAll(".clock")].pop();
  if (last) write(last);
}

function write(told) {
  for (const shown of clocks(told)) shown.textContent = told.textContent;
}

function toldClock() {
  return card(latest.html).querySelector(".clock");
}

// What the server tells: the clock, with a line that shows it; nothing where there is no case.
export function stand(told) {
  latest = told;
  if (told) write(toldClock());
  reveal();
}

// Not while an answer is on its way: it may bring a clock of its own.
export function reveal() {
  const said = log.querySelectorAll(".you");
  if (!latest || !said.length || log.querySelector(".thinking") || clocks(toldClock()).length) return;
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
