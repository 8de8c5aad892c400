// A desk that somebody leaves is signed out by the server. Who types is there: the server hears of it. Two minutes
// before the end the page says so.

import { say } from "./words.js";

const limit = Number(document.body.dataset.idle) * 1000;
const WARNING = 2 * 60 * 1000;
const TELL = 5 * 60 * 1000;
const here = location.pathname + location.search;
let heard = Date.now(); // when the server last saw this person act
let banner = null;

async function tell() {
  heard = Date.now();
  if (banner) banner.remove();
  banner = null;
  try {
    const answer = await fetch(here, { method: "HEAD" });
    if (answer.redirected) location.assign(here);
  } catch { /* no network: the next page will tell */ }
}

function warn() {
  banner = document.createElement("div");
  banner.className = "idle-banner";
  banner.setAttribute("role", "alert");
  const text = document.createElement("span");
  text.textContent = say("idle");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn";
  button.textContent = say("stay");
  button.addEventListener("click", tell);
  banner.append(text, button);
  document.body.append(banner);
}

if (limit) {
  for (const kind of ["input", "click"]) {
    document.addEventListener(kind, () => { if (Date.now() - heard > TELL) tell(); });
  }
  setInterval(() => {
    if (document.body.hasAttribute("data-stays")) heard = Date.now(); // people sit in front of it: an open sitting
    const left = limit - (Date.now() - heard);
    if (left <= 0) location.assign(here);
    else if (left <= WARNING && !banner) warn();
  }, 5000);
}
