// Letters that come without having been asked for: each is shown once, then, once the page is looked at, acknowledged, so
// that it is erased. Until then it comes again after a reload: a phone may drop a tab that nobody looks at.
import { card, show } from "./parts.js";
import { clock, stand } from "./standing.js";

const log = document.getElementById("log");
const REFUSED = 15000;
const title = document.title;
const shown = new Set();
const unread = new Set();
let source = null;
let later = 0;

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
    unread.clear();
  }
  count();
}

function open(letter) {
  if (!shown.has(letter.id)) {
    const node = card(letter.html);
    log.append(node);
    shown.add(letter.id);
    clock();
    show(node, "nearest");
  }
  unread.add(letter.id);
  acknowledge();
}

async function ask() {
  later = 0;
  try {
    const response = await post(log.dataset.news, {});
    if (response.ok) {
      const news = await response.json();
      stand(news.case ?? null);
      news.letters.forEach(open);
    }
  } catch (error) {
    // The network is away; the next try comes by itself.
  }
  listen();
}

export function listen() {
  if (later || (source && source.readyState !== EventSource.CLOSED)) return;
  source = new EventSource(log.dataset.events);
  source.addEventListener("message", (event) => open(JSON.parse(event.data)));
  source.addEventListener("case", (event) => stand(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    if (source && source.readyState === EventSource.CLOSED && !later) later = setTimeout(ask, REFUSED);
  });
}

export function hush() {
  clearTimeout(later);
  later = 0;
  if (source) source.close();
  source = null;
  stand(null);
}

document.addEventListener("visibilitychange", acknowledge);
document.addEventListener("leaving", hush);
if ("known" in log.dataset) listen();
