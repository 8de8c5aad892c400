// A form is sent once; the button says so, and nothing waits longer than ten seconds without words.

import { line, say } from "./words.js";

const PATIENCE = 10000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  const button = event.submitter || form.querySelector("button[data-sending]");
  if (!button) return;
  button.setAttribute("aria-busy", "true");
  if (button.dataset.sending) {
    button.dataset.word = button.textContent;
    setTimeout(() => { button.textContent = button.dataset.sending; }, 0); // the button's own value is sent first
  }
  setTimeout(() => {
    if (!form.dataset.sent) return;
    again(form);
    if (!form.querySelector(".slow-note")) button.after(line(say("slow"), "slow-note"));
  }, PATIENCE);
});

export function again(form) {
  delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
    if (button.dataset.word) button.textContent = button.dataset.word;
  }
}

// Back from the next page: the browser shows this one as it was left.
addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(again);
});
