// The box above a column of boxes ticks them all, also after the list was swapped for another.
document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.all;
  if (!name) return;
  for (const box of target.form.elements) {
    if (box.name === name) box.checked = target.checked;
  }
});
