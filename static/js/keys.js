// Single keys. Anything with data-key is pressed by that key; "g q" means g, then q.
// Rows with data-row answer j, k and x. The server leaves this file out for people who turn it off.
const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const WAIT = 900;
let prefix = "";
let timer;

const shown = (element) => element.checkVisibility();

const step = (by) => {
  const links = [...document.querySelectorAll("[data-row]")].map((row) => row.querySelector("a")).filter(Boolean);
  const here = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
  links[Math.min(links.length - 1, Math.max(0, here + by))]?.focus();
};

// The list of keys names those that do something on this page.
const list = (dialog) => {
  for (const line of dialog.querySelectorAll("[data-needs]")) {
    line.hidden = !document.querySelector(line.dataset.needs);
  }
  dialog.showModal();
};

const press = (element) => {
  if (element.matches("dialog")) list(element);
  else if (element.matches(TYPING)) element.focus();
  else element.click();
};

const pressed = (event) => {
  const keys = `[data-key="${CSS.escape(prefix + event.key)}"]`;
  const hit = [...document.querySelectorAll(keys)].find((found) => found.matches("dialog") || shown(found));
  clearTimeout(timer);
  prefix = !hit && !prefix && event.key === "g" ? "g " : "";
  timer = setTimeout(() => { prefix = ""; }, WAIT);
  if (!hit) return false;
  press(hit);
  return true;
};

const tick = () => document.activeElement.closest("[data-row]")?.querySelector("[type=checkbox]")?.click();

const ALWAYS = { j: () => step(1), k: () => step(-1), x: tick };

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.target.closest?.(TYPING)) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  if (!prefix && Object.hasOwn(ALWAYS, event.key)) ALWAYS[event.key]();
  else if (pressed(event)) event.preventDefault();
});
