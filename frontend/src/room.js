// The screens of a room: a stance, a tap, a short form is sent without leaving the page; without this script the form does
// the same. Acts go out one after the other, in the order in which they were done.

import { again } from "./sending.js";

let sent = Promise.resolve();

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

function lineOf(form) {
  return form.querySelector("[data-said]") || document.querySelector("[data-room-said]");
}

async function deliver(form, button, data, address) {
  const said = lineOf(form);
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
    if (answer.redirected) {
      location.reload(); // signed out meanwhile: the page says so
      return;
    }
    const found = await answer.json();
    form.elements.act_id.value = newId();
    said.classList.toggle("is-refused", !answer.ok);
    if (!answer.ok) {
      said.textContent = found.message;
      return;
    }
    delete form.dataset.changed;
    if (form.matches("[data-stance]")) {
      for (const one of form.querySelectorAll("button[name=value]")) {
        one.setAttribute("aria-pressed", String(one.value === found.value));
      }
      said.textContent = form.dataset.done.replace("{}", found.word);
      form.querySelector("details")?.removeAttribute("open");
    } else {
      said.textContent = found.said || "";
      if (form.matches(".act-form")) { // the roll keeps its ticks until it is drawn anew
        form.reset();
        form.dispatchEvent(new Event("change")); // its draft ends
      }
    }
    document.dispatchEvent(new CustomEvent("room-act")); // the screens ask at once
  } catch {
    said.classList.add("is-refused");
    said.textContent = form.dataset.lost || said.dataset.lost || ""; // the same act is sent again: it counts once
  } finally {
    again(form);
    if (form.matches("[data-stance]")) button.blur();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const button = event.submitter;
  if (event.defaultPrevented || !button || !form.matches("[data-stance], [data-tap]") || !lineOf(form)) return;
  event.preventDefault();
  const data = new FormData(form);
  if (button.name) data.set(button.name, button.value);
  const address = button.hasAttribute("formaction") ? button.formAction : form.action;
  sent = sent.then(() => deliver(form, button, data, address));
});
