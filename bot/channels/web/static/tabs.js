// What the tabs of one browser tell each other about their one talk. Nothing is kept, and no word that was typed is told: it
// stays on the page where it was typed.
const tabs = "BroadcastChannel" in window ? new BroadcastChannel("talk") : null;

export function tell(what, told = null) {
  if (tabs) tabs.postMessage({ what, told });
}

export function hear(what, heard) {
  if (tabs) tabs.addEventListener("message", ({ data }) => data.what === what && heard(data.told));
}
