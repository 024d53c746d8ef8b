// What every page's controls do a little better with script; all of them work without.

// A menu is a details element. Escape and a press elsewhere close it.
for (const menu of document.querySelectorAll("details.menu")) {
  const summary = menu.querySelector("summary");
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    event.stopPropagation();
    menu.open = false;
    summary?.focus();
  });
  addEventListener("pointerdown", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
  });
}

// data-all="name" ticks every box of that name in its form; it follows them, too.
const boxes = (all) => [...all.form.querySelectorAll(`[name="${CSS.escape(all.dataset.all)}"]`)];

const follow = (all) => {
  const ticked = boxes(all).filter((box) => box.checked).length;
  all.checked = ticked > 0 && ticked === boxes(all).length;
  all.indeterminate = ticked > 0 && !all.checked;
};

const reveal = () => {
  for (const all of document.querySelectorAll("[data-all]")) {
    all.hidden = !all.form || boxes(all).length === 0;
    if (!all.hidden) follow(all);
  }
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
};

addEventListener("change", ({ target }) => {
  if (target.matches("[data-all]")) {
    for (const box of boxes(target)) box.checked = target.checked;
    return;
  }
  const all = target.form?.querySelector(`[data-all="${CSS.escape(target.name)}"]`);
  if (all) follow(all);
});

addEventListener("click", ({ target }) => {
  if (target.closest("[data-print]")) print();
});

addEventListener("swapped", reveal);
addEventListener("pageshow", reveal);
reveal();
