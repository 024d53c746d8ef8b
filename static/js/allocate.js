// What is typed into the boxes of a receipt, added up on the button.
// Without this file the button says what was suggested, and the server adds up what was typed.
const form = document.querySelector("form[data-allocate]");

const amount = (box) => Number(box.value.replace(/[£$€,\s]/g, "")) || 0;

const recount = () => {
  const boxes = [...form.querySelectorAll("[name^=pays_]")];
  const pence = boxes.reduce((sum, box) => sum + Math.round(amount(box) * 100), 0);
  const words = new Intl.NumberFormat("en-GB", { style: "currency", currency: form.dataset.currency });
  form.querySelector("[data-sum]").textContent = words.format(pence / 100);
};

form?.addEventListener("input", recount);
