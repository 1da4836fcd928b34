// Light and dark on every page of ours: as the reader's system has it, until the button is pressed; kept for next time.
const theme = (() => {
  "use strict";
  const root = document.documentElement;
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const paint = (name) => { if (name === "dark" || name === "light") root.dataset.theme = name; };
  const kept = (value) => { try { return value ? localStorage.setItem("mergefloor-theme", value) : localStorage.getItem("mergefloor-theme"); } catch { return null; } };
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    paint(now === "dark" ? "light" : "dark");
    kept(root.dataset.theme);
  });
  return { paint, kept };
})();
