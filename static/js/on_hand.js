// Says beforehand what a change does to what is on hand; without script the page says it afterwards.
const AFTER = {
  receive: (onHand, number) => onHand + number,
  adjust: (onHand, number) => onHand - number,
  count: (_, number) => number,
};

const tell = (told, form) => {
  const typed = form.elements.delta.value.replace(/[, ]/g, "");
  const after = AFTER[form.elements.kind.value]?.(Number(told.dataset.onHand), Number(typed));
  told.hidden = !/^\d{1,8}$/.test(typed) || !(after >= 0 && after <= Number(told.dataset.most));
  told.querySelector("[data-after]").textContent = after?.toLocaleString("en-GB");
};

for (const told of document.querySelectorAll("[data-on-hand]")) {
  const form = told.closest("form");
  form.addEventListener("input", () => tell(told, form));
  if (!form.querySelector("[aria-invalid]")) tell(told, form); // what was refused will not happen
}
