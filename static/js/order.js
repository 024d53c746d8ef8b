// Quantity boxes: a live sum, and a basket that is saved as you go.
// Without this file a button sends the form, and the server answers with the same page, recounted.
const PAUSE = 500;
const form = () => document.querySelector("form[data-order]");
let timer;
let saving;

const unitPrice = (line, quantity) => {
  const steps = line.dataset.prices.split(",").map((step) => step.split(":").map(Number));
  return steps.findLast(([from]) => from <= quantity)?.[1] ?? 0;
};

const pence = (line) => {
  const quantity = Math.max(0, Math.trunc(Number(line.querySelector("input").value)) || 0);
  return Math.round((quantity * unitPrice(line, quantity)) / 100); // each line by itself, half a penny up
};

const recount = () => {
  const { beside, linesBeside, currency } = form().dataset;
  const words = new Intl.NumberFormat("en-GB", { style: "currency", currency });
  const sums = [...form().querySelectorAll("[data-prices]:has(input)")].map((line) => {
    const sum = pence(line);
    const own = line.querySelector("[data-sum]");
    if (own) own.textContent = words.format(sum / 100);
    return sum;
  });
  const goods = sums.reduce((total, sum) => total + sum, Math.round(Number(beside) * 100));
  const count = sums.filter(Boolean).length + Number(linesBeside);
  for (const out of document.querySelectorAll("[data-total]")) out.textContent = words.format(goods / 100);
  for (const out of document.querySelectorAll("[data-lines]")) out.textContent = `${count} ${count === 1 ? "line" : "lines"}`;
};

const tellBeside = (line, fresh) => {
  line.querySelector(".stock-wrap").replaceWith(fresh.querySelector(".stock-wrap"));
  line.querySelector(".error")?.remove();
  line.append(...fresh.querySelectorAll(".error"));
};

const save = async () => {
  clearTimeout(timer);
  timer = undefined;
  const sent = form();
  const reply = await fetch(sent.action, { method: "POST", body: new FormData(sent) });
  const page = new DOMParser().parseFromString(await reply.text(), "text/html");
  if (!page.querySelector("form[data-order]")) return sent.submit(); // another page: the browser shall show it
  if (timer || sent !== form()) return; // more was typed meanwhile, or the list has changed: the next one shows it
  for (const fresh of page.querySelectorAll("#order .qty input, #order [name=was]")) {
    const old = sent.elements[fresh.name];
    if (old && old.value !== fresh.value) old.value = fresh.value;
    old?.setAttribute("value", fresh.value);
    if (fresh.type === "number" && old) tellBeside(old.closest("li"), fresh.closest("li"));
  }
  for (const part of ["#slip", "#days", "#checked", "[data-waiting]"]) {
    const old = document.querySelector(part);
    if (!old?.querySelector("select:focus")) old?.replaceWith(page.querySelector(part)); // somebody is choosing in it
  }
  sent.querySelector("[data-said]").replaceChildren(...page.querySelectorAll(".main :is(.flash:not([data-stays]), .errors)"));
  recount();
};

const soon = () => {
  clearTimeout(timer);
  timer = setTimeout(() => { saving = save().catch(() => {}); }, PAUSE);
};

document.addEventListener("input", (event) => {
  if (!event.target.matches("form[data-order] .qty input")) return;
  event.target.setAttribute("value", event.target.value || "0");
  recount();
  if (form().dataset.order !== "later") soon();
});
document.addEventListener("change", ({ target }) => target.matches("form[data-order] [data-recount]") && soon());
document.addEventListener("swapping", (event) => event.detail.push(timer ? save() : saving));
document.addEventListener("submit", ({ target }) => {
  if (target !== form()) return;
  clearTimeout(timer); // what was typed goes along
  timer = undefined;
});
addEventListener("pagehide", () => timer && navigator.sendBeacon(form().action, new FormData(form())));
