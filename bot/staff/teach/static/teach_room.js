// The keys of a presenter, and the whole screen; every step is a link that works without this.
const go = (name) => document.querySelector(`[data-${name}]`)?.click();
addEventListener("keydown", (event) => {
  if (event.target.matches("input, button") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (["ArrowRight", "PageDown", " "].includes(event.key)) { event.preventDefault(); go("next"); }
  if (["ArrowLeft", "PageUp"].includes(event.key)) { event.preventDefault(); go("back"); }
});
const full = document.querySelector("[data-full]");
if (full && document.fullscreenEnabled) {
  full.hidden = false;
  full.addEventListener("click", () => document.documentElement.requestFullscreen());
}
