// The queue keeps itself up to date.
import { fetched, listen, makeSigns, runClocks } from "./desk_live.js";

const list = document.getElementById("list");
const sign = makeSigns(list.dataset);
let running = false, again = false;

async function refresh() {
  if (running) return void (again = true);
  running = true;
  try {
    const told = await fetched("/desk/api/queue");
    const focused = document.activeElement?.closest("#list a, #list button");
    const address = focused?.getAttribute("href") ?? focused?.form?.getAttribute("action");
    list.innerHTML = told.html;
    document.title = told.title;
    if (address) list.querySelector(`a[href="${address}"], form[action="${address}"] button`)?.focus();
  } catch { /* The stream says when the server is away. */ } finally {
    running = false;
    if (again) { again = false; refresh(); }
  }
}

runClocks(list);
listen((told) => {
  if (told.what === "opened" || told.what === "raised" || told.what === "graver") sign(true);
  refresh();
});
