// Filter as you type: fetch the page this form would load and swap the part that data-swap names.
// The address bar keeps up, and a screen reader is told the count. Whatever fails, the form is sent.
const PAUSE = 180;

const addressOf = (form) => {
  const url = new URL(form.getAttribute("action") || location.pathname, location.href);
  const filled = [...new FormData(form)].filter(([, value]) => value !== "");
  url.search = new URLSearchParams(filled);
  return url;
};

const voice = (form) => {
  const said = document.createElement("p");
  said.className = "vh";
  said.setAttribute("role", "status");
  form.after(said);
  return said;
};

const enhance = (form) => {
  const part = form.dataset.swap;
  const said = voice(form);
  let timer;
  let call;

  const swap = async (url) => {
    call?.abort();
    call = new AbortController();
    document.querySelector(part)?.setAttribute("aria-busy", "true");
    const first = []; // what others want done before the part goes, like saving what was typed in it
    document.dispatchEvent(new CustomEvent("swapping", { detail: first }));
    await Promise.all(first);
    const reply = await fetch(url, { signal: call.signal });
    const page = new DOMParser().parseFromString(reply.ok ? await reply.text() : "", "text/html");
    const [old, fresh] = [document.querySelector(part), page.querySelector(part)];
    if (!old || !fresh || reply.redirected) throw new Error("not this page");
    old.replaceWith(fresh);
    said.textContent = fresh.querySelector("[role=status]")?.textContent ?? fresh.querySelector("h2")?.textContent ?? "";
    history.replaceState(null, "", url);
  };

  const go = () => {
    clearTimeout(timer);
    swap(addressOf(form)).catch((error) => {
      if (error.name !== "AbortError") form.submit();
    });
  };

  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(go, PAUSE);
  });
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return; // it leads elsewhere
    event.preventDefault();
    go();
  });
};

document.querySelectorAll("form[data-swap]").forEach(enhance);
