// The room on a phone: a stance is sent without leaving the page; without this script the form does the same.

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  let time = Date.now();
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes[6] = (bytes[6] & 15) | 112;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

async function send(form, button) {
  const said = form.querySelector("[data-said]");
  const data = new FormData(form);
  data.set("value", button.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const found = await answer.json();
    if (!answer.ok) {
      said.textContent = found.message;
      form.elements.act_id.value = newId();
      return;
    }
    for (const one of form.querySelectorAll("button[name=value]")) {
      one.setAttribute("aria-pressed", String(one.value === found.value));
    }
    said.textContent = form.dataset.done.replace("{}", found.word);
    form.elements.act_id.value = newId();
    form.querySelector("details")?.removeAttribute("open");
  } catch {
    said.textContent = form.dataset.lost; // the same act is sent again: it counts once
  } finally {
    delete form.dataset.sent;
    button.removeAttribute("aria-busy");
    button.blur();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-stance]") || !event.submitter) return;
  event.preventDefault();
  send(form, event.submitter);
});
