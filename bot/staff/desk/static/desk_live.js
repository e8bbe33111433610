// What every live page of the desk shares: running clocks, the stream of events, and signs for something new.
const MINUTE = 60, HOUR = 3600, SILENT = 40_000;

/** Write {name} gaps of a sentence. */
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** Run the clocks below a root by the server's time. */
export function runClocks(root) {
  const skew = Number(root.dataset.now) - Date.now();
  const words = root.dataset;
  const tick = () => {
    for (const clock of document.querySelectorAll(".clock[data-due]")) {
      const left = Math.trunc((Number(clock.dataset.due) - Date.now() - skew) / 1000);
      const over = Number(clock.dataset.due) - Date.now() - skew < 0;
      const span = Math.abs(left), long = span >= HOUR;
      const text = words[(over ? "over" : "left") + (long ? "Long" : "")];
      const values = { hours: Math.floor(span / HOUR), minutes: Math.floor((long ? span % HOUR : span) / MINUTE), seconds: span % MINUTE };
      clock.firstElementChild.textContent = fill(text, values);
      clock.classList.toggle("over", over);
      clock.classList.toggle("left", !over);
      clock.closest(".case")?.classList.toggle("late", over);
    }
  };
  tick();
  setInterval(tick, 1000);
}

/** Listen to the desk's events, through lost connections; `changed` is called after each, and after a reconnection. */
export function listen(changed) {
  const away = document.querySelector("[data-away]");
  let stream, heard = Date.now(), retry;
  const connect = () => {
    clearTimeout(retry);
    stream?.close();
    heard = Date.now();
    stream = new EventSource("/desk/api/events");
    stream.onmessage = (message) => {
      heard = Date.now();
      away.hidden = true;
      const told = JSON.parse(message.data);
      if (told.what !== "beat") changed(told);
    };
    stream.onerror = () => {
      away.hidden = false;
      if (stream.readyState === EventSource.CLOSED) {
        clearTimeout(retry);
        retry = setTimeout(connect, 4000);
        // Refused, not cut off: the sign-in may have ended.
        changed({ what: "missed", case: null });
      }
    };
  };
  connect();
  // A connection can be dead without an error.
  setInterval(() => {
    if (Date.now() - heard > SILENT) {
      away.hidden = false;
      connect();
    }
  }, 5000);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && Date.now() - heard > SILENT / 2) connect();
  });
}

/** JSON of the desk. `ended` is done where the sign-in has ended, `gone` where this is not for whoever is signed in. */
export async function fetched(path, { ended = () => location.reload(), gone = () => location.reload() } = {}) {
  const response = await fetch(path, { headers: { accept: "application/json" } });
  if (response.status === 401) ended();
  if (response.status === 404) gone();
  if (!response.ok) throw new Error(String(response.status));
  return response.json();
}

const kept = (name, fallback) => {
  try { return localStorage.getItem(name) ?? fallback; } catch { return fallback; }
};
const keep = (name, value) => {
  try { localStorage.setItem(name, value); } catch { /* A browser that keeps nothing asks anew. */ }
};

/** Signs for something new: a sound, a line on the page, a notification. Each can be switched off; none shows words. */
export function makeSigns(words) {
  const box = document.querySelector("[data-signals]");
  const arrived = document.querySelector("[data-arrived]");
  const sound = box.querySelector("[data-sound]"), notify = box.querySelector("[data-notify]");
  let context, timer;
  box.hidden = false;
  const show = (button, on) => {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.on : button.dataset.off;
  };
  const audible = () => kept("desk-sound", "on") === "on";
  const allowed = () => "Notification" in window && Notification.permission === "granted" && kept("desk-notify", "off") === "on";
  const ring = (notes) => {
    try {
      context ??= new AudioContext();
      notes.forEach((pitch, place) => {
        const tone = context.createOscillator(), volume = context.createGain();
        const at = context.currentTime + place * 0.22;
        tone.frequency.value = pitch;
        volume.gain.setValueAtTime(0.0001, at);
        volume.gain.exponentialRampToValueAtTime(0.18, at + 0.03);
        volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
        tone.connect(volume).connect(context.destination);
        tone.start(at);
        tone.stop(at + 0.22);
      });
    } catch { /* Without sound the line on the page is left. */ }
  };
  show(sound, audible());
  show(notify, allowed());
  if ("Notification" in window && Notification.permission === "denied") notify.textContent = notify.dataset.denied;
  sound.addEventListener("click", () => {
    keep("desk-sound", audible() ? "off" : "on");
    show(sound, audible());
    if (audible()) ring([660, 880]);
  });
  notify.addEventListener("click", async () => {
    if (!("Notification" in window)) return void (notify.textContent = notify.dataset.denied);
    if (Notification.permission === "default") await Notification.requestPermission();
    if (Notification.permission !== "granted") return void (notify.textContent = notify.dataset.denied);
    keep("desk-notify", allowed() ? "off" : "on");
    show(notify, allowed());
  });
  // A browser plays nothing before the page was touched.
  addEventListener("pointerdown", () => { if (audible()) { context ??= new AudioContext(); context.resume(); } }, { once: true });
  return (isNew) => {
    clearTimeout(timer);
    arrived.textContent = isNew ? words.new : words.words;
    arrived.hidden = false;
    timer = setTimeout(() => { arrived.hidden = true; }, 12_000);
    if (audible()) ring(isNew ? [880, 660, 880] : [660]);
    if (allowed() && document.hidden) new Notification(words.notifyTitle, { body: words.notifyText, tag: "desk" });
  };
}
