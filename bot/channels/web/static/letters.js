// Letters that come without having been asked for: each is shown once, then, once the page is looked at, acknowledged, so
// that it is erased. Until then it comes again after a reload: a phone may drop a tab that nobody looks at.
import { card, show } from "./parts.js";
import { ask, clock, settle, stand } from "./standing.js";
import { hear, tell } from "./tabs.js";

const log = document.getElementById("log");
const REFUSED = 15000;
const title = document.title;
const shown = new Set();
const unread = new Set();
let source = null;
let later = 0;
let asking = new AbortController();

function post(address, body) {
  return fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
}

// Nothing on a tab or a lock screen may say what this is about: a number, and the title that was there before.
function count() {
  const number = String(unread.size);
  document.title = unread.size ? log.dataset.title.replace("{n}", number).replace("{title}", title) : title;
}

// One whose acknowledgement is lost is brought again, and acknowledged again.
function acknowledge() {
  if (!document.hidden) {
    for (const id of unread) post(log.dataset.received, { id }).catch(() => {});
    if (unread.size) tell("read", [...unread]);
    unread.clear();
  }
  count();
}

function place(letter) {
  const node = card(letter.html);
  settle(node);
  log.append(node);
  shown.add(letter.id);
  clock();
  show(node, "nearest");
}

function open(letter) {
  if (!shown.has(letter.id)) {
    place(letter);
    // Once it was read here, a tab whose line is down would never get it.
    tell("letter", letter);
  }
  unread.add(letter.id);
  acknowledge();
}

async function fetchNews() {
  later = 0;
  const { signal } = asking;
  try {
    const response = await post(log.dataset.news, {});
    const news = response.ok ? await response.json() : null;
    if (news && !signal.aborted) {
      stand(news.case ?? null);
      if (news.asked) ask(news.asked);
      news.letters.forEach(open);
    }
  } catch (error) {
    // The network is away; the next try comes by itself.
  }
  if (!signal.aborted) listen();
}

export function listen() {
  if (later || (source && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource(log.dataset.events);
  source.addEventListener("message", (event) => open(JSON.parse(event.data)));
  source.addEventListener("asked", (event) => ask(JSON.parse(event.data)));
  source.addEventListener("case", (event) => stand(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source && source.readyState === EventSource.CLOSED && !later) later = setTimeout(fetchNews, REFUSED);
  });
}

// What is still on its way is shown no more, and the title tells no number.
export function hush() {
  clearTimeout(later);
  later = 0;
  if (source) source.close();
  source = null;
  asking.abort();
  asking = new AbortController();
  stand(null);
  unread.clear();
  count();
}

hear("letter", (letter) => {
  if (!source || shown.has(letter.id)) return;
  place(letter);
  unread.add(letter.id);
  acknowledge();
});
hear("read", (ids) => {
  for (const id of ids) unread.delete(id);
  count();
});
// The talk goes on under a number of its own, since its code was used in another tab.
hear("moved", () => {
  if (source) source.close();
  source = null;
  listen();
});
if ("returned" in log.dataset) tell("moved");
document.addEventListener("visibilitychange", acknowledge);
document.addEventListener("leaving", hush);
if ("known" in log.dataset) listen();
