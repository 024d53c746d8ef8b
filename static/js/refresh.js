// Work goes on elsewhere: as long as a part says data-refresh, fetch the page again and swap that part.
// Whatever fails, the page keeps its link to look again.
const PAUSE = 1500;

const look = async (part) => {
  const reply = await fetch(location.href);
  const page = new DOMParser().parseFromString(reply.ok ? await reply.text() : "", "text/html");
  const fresh = page.getElementById(part.id);
  if (!fresh || reply.redirected) return;
  if (!("refresh" in fresh.dataset)) {
    location.reload(); // it is done: the whole page has something to say
    return;
  }
  part.replaceWith(fresh);
  wait(fresh);
};

const wait = (part) => setTimeout(() => look(part).catch(() => wait(part)), PAUSE);

document.querySelectorAll("[data-refresh]").forEach(wait);
