// A part of the page that changes: asks for its version every few seconds and fetches it only when it changed.

import { line, say } from "./words.js";

const EVERY = 3000;
const LOST = 4; // failures in a row before the page says so
const ASKING = { "X-Poll": "1" }; // nobody need sit in front of it: see web/sessions.py

for (const part of document.querySelectorAll("[data-poll-url]")) {
  let version = part.dataset.pollVersion;
  let failures = 0;
  let note = null;

  const ask = async () => {
    const answer = await fetch(part.dataset.pollUrl, { headers: { ...ASKING, Accept: "application/json" } });
    if (answer.redirected) {
      location.assign(location.pathname + location.search); // signed out meanwhile: the sign-in page leads back here
      return;
    }
    const state = await answer.json();
    if (String(state.version) === version) return;
    const page = await (await fetch(part.dataset.partUrl || location.href, { headers: ASKING })).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
    if (!fresh || part.contains(document.activeElement)) return; // not under somebody's hands
    part.innerHTML = fresh.innerHTML;
    version = String(state.version);
  };

  setInterval(async () => {
    if (document.hidden) return;
    try {
      await ask();
      failures = 0;
      if (note) note.remove();
      note = null;
    } catch {
      failures += 1;
      if (failures === LOST) {
        note = line(say("lost"), "alert alert-warning");
        part.before(note);
      }
    }
  }, EVERY);
}
