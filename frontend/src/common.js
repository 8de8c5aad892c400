// What both faces need.

import "./photos.js"; // first: a form waits for its photos before anything else hears that it is sent
import "./sending.js";
import "./poll.js"; // before whatever changes what the server wrote
import "./clocks.js";
import "./drafts.js";
import "./lengths.js";

for (const button of document.querySelectorAll("[data-read-aloud]")) {
  if (!window.speechSynthesis) continue;
  button.hidden = false;
  button.setAttribute("aria-pressed", "false");
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      return;
    }
    const words = new SpeechSynthesisUtterance(document.querySelector(button.dataset.readAloud).innerText);
    words.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    words.rate = 0.9;
    words.onend = words.onerror = () => button.setAttribute("aria-pressed", "false");
    button.setAttribute("aria-pressed", "true");
    speechSynthesis.speak(words);
  });
  addEventListener("pagehide", () => speechSynthesis.cancel());
}

// Passkeys: offered where the browser has them; when one is not used, the page says what else there is.
if (window.PublicKeyCredential) document.querySelectorAll("[data-passkey]").forEach((one) => { one.hidden = false; });
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  document.querySelectorAll("[data-passkey-said]").forEach((one) => { one.hidden = false; });
});

const wrong = document.querySelector(".error-summary");
if (wrong) wrong.focus();
const menu = document.querySelector(".desk-nav");
if (menu && matchMedia("(max-width: 860px)").matches) menu.removeAttribute("open");
document.querySelectorAll("[data-print]").forEach((one) => one.addEventListener("click", () => print()));

// On a phone the filters of a list stand behind one button, open where a filter is set.
if (matchMedia("(max-width: 700px)").matches) {
  for (const form of document.querySelectorAll("form[role=search]")) {
    const box = document.createElement("details");
    const head = document.createElement("summary");
    head.className = "filters-head";
    head.textContent = form.getAttribute("aria-label") || "…";
    box.open = location.search.length > 1;
    form.before(box);
    box.append(head, form);
  }
}
