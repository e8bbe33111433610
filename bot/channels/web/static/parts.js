// Small things that the modules share.
const calm = matchMedia("(prefers-reduced-motion: reduce)");

export function copy(id) {
  return document.getElementById(id).content.cloneNode(true).firstElementChild;
}

export function show(node, block = "start") {
  node.scrollIntoView({ block, behavior: calm.matches ? "auto" : "smooth" });
}

// The card's markup is rendered and escaped by this site's server, as it is for browsers without scripts.
export function card(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return holder.content.firstElementChild;
}

let page = newPage();
let turns = 0;

function newPage() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

// A name for one turn: the same when it is sent again, so that it is kept once. By the page's number in it what is said
// here is one talk, even where the answer that brings the cookie is lost.
export function newName() {
  turns += 1;
  return `${page}.${turns}`;
}

// Whoever leaves or deletes before the cookie came is known by this.
export function numbered() {
  return new URLSearchParams({ page });
}

// What is said from now on belongs to nothing that was said before.
export function beginAnew() {
  page = newPage();
}
