// A case keeps itself up to date, and an answer is sent without leaving the page.
import { fetched, fill, listen, makeSigns, runClocks } from "./desk_live.js";

const root = document.getElementById("case");
const lines = document.getElementById("lines"), act = document.getElementById("act"), tools = document.getElementById("tools");
const number = Number(root.dataset.case);
const sign = makeSigns(root.dataset);
let last = Number(root.dataset.last), seen = Number(root.dataset.seen), running = false, again = false;
/** What had come of the child when the form that ends the case was opened: what comes while it is filled in is not read. */
let seenAtClosing = seen;

/** Show a part anew, and leave alone what is open, typed, chosen and focused in it. */
function swap(place, html) {
  const open = new Map([...place.querySelectorAll("details[id]")].map((item) => [item.id, item.open]));
  const drafts = new Map([...place.querySelectorAll("textarea, select")].map((item) => [item.name, item.value]));
  const ticked = new Set([...place.querySelectorAll("input:checked")].map((item) => `${item.name}=${item.value}`));
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const spot = focused && "selectionStart" in focused ? focused.selectionStart : null;
  place.innerHTML = html;
  for (const item of place.querySelectorAll("details[id]")) if (open.has(item.id)) item.open = open.get(item.id);
  for (const item of place.querySelectorAll("textarea, select")) if (drafts.get(item.name)) item.value = drafts.get(item.name);
  for (const item of place.querySelectorAll("[type=radio], [type=checkbox]")) item.checked ||= ticked.has(`${item.name}=${item.value}`);
  const same = focused?.id && document.getElementById(focused.id);
  if (same) {
    same.focus();
    if (spot !== null && same.setSelectionRange) same.setSelectionRange(spot, spot);
  }
}

/** The sign-in has ended: what is typed goes along to the page that asks for a new one, and is kept nowhere else. */
function signInAgain() {
  const typed = [...root.querySelectorAll("[name=text], [name=note], [name=outcome]:checked")].filter((item) => item.value.trim());
  if (!typed.length) return void location.reload();
  const form = document.createElement("form");
  form.method = "post";
  form.action = `/desk/case/${number}/draft`;
  for (const item of [...typed, ...root.querySelectorAll("[name=once]")]) {
    const field = document.createElement("textarea");
    field.name = item.name;
    field.value = item.value;
    form.append(field);
  }
  form.hidden = true;
  document.body.append(form);
  form.submit();
}

/** The case is not for this person any more: its words go from the page, and the page from what "back" leads to. */
function leave() {
  root.replaceChildren();
  location.replace("/desk?gone=1");
}

async function refresh() {
  if (running) return void (again = true);
  running = true;
  try {
    const told = await fetched(`/desk/api/case/${number}?after=${last}&seen=${seen}`, { ended: signInAgain, gone: leave });
    document.getElementById("state").innerHTML = told.state;
    document.title = told.title;
    swap(document.getElementById("about"), told.facts);
    if (told.version !== act.dataset.state) {
      swap(act, told.act);
      swap(tools, told.tools);
      act.dataset.state = told.version;
      ready();
    }
    if (told.last > last) {
      const near = lines.getBoundingClientRect().bottom < innerHeight + 200;
      lines.insertAdjacentHTML("beforeend", told.lines);
      document.querySelector(".talk > .calm")?.remove();
      last = told.last;
      if (near) lines.lastElementChild.scrollIntoView({ block: "nearest" });
    }
    seen = told.seen;
    for (const field of root.querySelectorAll("[name=seen]")) field.value = field.closest("#close")?.open ? seenAtClosing : seen;
    if (told.heard) {
      // What was true as the deed was done may be so no more.
      root.querySelector(":scope > .told")?.remove();
      sign(false);
    }
  } catch { /* The stream says when the server is away. */ } finally {
    running = false;
    if (again) { again = false; refresh(); }
  }
}

function ready() {
  const note = tools.querySelector("[data-note]");
  note?.addEventListener("submit", (sending) => {
    sending.preventDefault();
    send(note, note.elements.note, () => root.dataset.noted);
  });
  const form = act.querySelector("[data-answer]");
  if (!form) return;
  const text = form.elements.text, said = form.querySelector("[data-said]"), words = form.dataset;
  const count = () => {
    const left = text.maxLength - text.value.length;
    if (left < 200) said.textContent = fill(words.counted, { n: left });
  };
  text.addEventListener("input", count);
  text.addEventListener("keydown", (press) => {
    if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) form.requestSubmit(form.querySelector(".send-row button"));
  });
  for (const chip of form.querySelectorAll(".chips button")) {
    chip.addEventListener("click", (press) => {
      press.preventDefault();
      text.value = text.value.trim() ? `${text.value.trimEnd()}\n${chip.dataset.text}` : chip.dataset.text;
      text.focus();
      count();
    });
  }
  form.addEventListener("submit", (sending) => {
    sending.preventDefault();
    send(form, text, (told) => {
      form.elements.once.value = newName();
      return told.done === "kept" ? words.kept : words.sent;
    });
  });
}

/** A name for the next answer; crypto.randomUUID exists over HTTPS only. */
const newName = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** Send a form without leaving the page; what is typed in `text` stays until it is kept. `done` gives what is said then. */
async function send(form, text, done) {
  const button = form.querySelector("button:not([formaction])"), said = form.querySelector("[data-said]");
  if (button.disabled || !text.value.trim()) return;
  button.disabled = true;
  said.textContent = root.dataset.sending;
  try {
    const body = new URLSearchParams(new FormData(form));
    const response = await fetch(form.action, { method: "POST", headers: { accept: "application/json" }, body });
    if (response.status === 401 || response.redirected) return signInAgain();
    if (response.status === 404) return leave();
    const told = await response.json();
    if (response.ok) {
      text.value = "";
      said.textContent = done(told);
    } else {
      said.textContent = told.error ?? form.dataset.unsent;
    }
    await refresh();
  } catch {
    said.textContent = form.dataset.unsent;
  } finally {
    button.disabled = false;
  }
}

tools.addEventListener("click", (press) => {
  const opened = press.target.closest("#close > summary");
  if (opened && !opened.parentElement.open) {
    seenAtClosing = seen;
    opened.parentElement.querySelector("[name=seen]").value = seen;
  }
});
runClocks(root);
ready();
if (innerWidth < 992) for (const name of ["facts", "canned"]) document.getElementById(name)?.removeAttribute("open");
// Where nothing has to be told first, begin where the talk is.
if (!document.querySelector(".wrong, .told, .banner.grave")) lines.lastElementChild?.scrollIntoView({ block: "center" });
// A page that the browser kept as it was may show what is not for this person any more: it is asked for anew.
addEventListener("pagehide", () => { root.hidden = true; });
addEventListener("pageshow", (shown) => { if (shown.persisted) location.reload(); });
listen((told) => {
  if (told.what === "opened" && told.case !== number) sign(true);
  if (told.case === number || told.case === null) refresh();
});
