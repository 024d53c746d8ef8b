// The two buttons beside a quantity change it at once; without this file they send the form.
const step = (button) => {
  const box = button.parentElement.querySelector("input");
  const least = Number(box.dataset.least ?? box.step);
  if (button.name === "plus") Number(box.value) < least ? box.value = least : box.stepUp();
  else Number(box.value) <= least ? box.value = 0 : box.stepDown();
  box.dispatchEvent(new Event("input", { bubbles: true }));
};

document.addEventListener("click", (event) => {
  const button = event.target.closest(".qty button");
  if (!button) return;
  event.preventDefault();
  step(button);
});
