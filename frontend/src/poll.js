// A part of the page that changes: asks for its version all the time and fetches it only when it changed. What is fetched
// is exchanged piece by piece (each child with an id): a piece in which somebody types or has ticked waits until that is
// sent.

import { line, say } from "./words.js";

const EVERY = 3000;
const LOST = 4; // failures in a row before the page says so
const ASKING = { "X-Poll": "1" }; // nobody need sit in front of it: see web/kit/sessions.py
const TYPED = "input:not([type=checkbox]):not([type=radio]), textarea, select";

function isHeld(piece) {
  const held = document.activeElement;
  if (piece.querySelector("[data-changed]") || piece.dataset.changed) return true;
  return piece.contains(held) && held.matches(TYPED);
}

// The button that has the focus, found again in the fresh piece: the keyboard goes on where it was.
function placeOf(control) {
  if (control.id) return `#${CSS.escape(control.id)}`;
  const form = control.closest("form");
  if (!form || control.tagName !== "BUTTON") return "";
  const value = control.name ? `[name="${CSS.escape(control.name)}"][value="${CSS.escape(control.value)}"]` : ":not([name])";
  return `form[action="${CSS.escape(form.getAttribute("action"))}"] button${value}`;
}

function exchange(old, fresh) {
  const held = old.contains(document.activeElement) ? placeOf(document.activeElement) : null;
  const open = [...old.querySelectorAll("details[id][open]")].map((one) => one.id);
  if (old.tagName === "DETAILS" && old.open) open.push(old.id);
  old.replaceWith(fresh);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (held === null) return;
  const again = held && fresh.querySelector(held);
  if (!again) fresh.tabIndex = -1;
  (again || fresh).focus({ preventScroll: true });
}

// A piece as the server wrote it, but for what differs each time: most pieces of a fresh page are the same and stay.
const SECRETS = /(name="(?:act_id|csrfmiddlewaretoken)"[^>]*value="|data-now=")[^"]*/g;
const written = new WeakMap();

function sourceOf(piece) {
  return piece.outerHTML.replace(SECRETS, "$1");
}

function settle(piece) {
  document.dispatchEvent(new CustomEvent("piece", { detail: piece })); // its forms keep drafts as well
}

// Puts the pieces of `fresh` into `part`; says whether one had to wait.
function bringIn(part, fresh) {
  let waits = false;
  let after = null;
  for (const piece of [...fresh.children]) {
    const old = document.getElementById(piece.id);
    if (old && old.parentElement === part) {
      if (old.previousElementSibling !== after) part.insertBefore(old, after ? after.nextElementSibling : part.firstElementChild);
      if (written.get(old) !== sourceOf(piece)) {
        if (isHeld(old)) waits = true;
        else exchange(old, piece.cloneNode(true));
      }
    } else part.insertBefore(piece.cloneNode(true), after ? after.nextElementSibling : part.firstElementChild);
    after = document.getElementById(piece.id);
    if (after !== old) {
      written.set(after, sourceOf(piece));
      settle(after);
    }
  }
  while (after ? after.nextElementSibling : part.firstElementChild) (after ? after.nextElementSibling : part.firstElementChild).remove();
  return waits;
}

function follow(part) {
  const every = Number(part.dataset.pollEvery) || EVERY;
  let version = part.dataset.pollVersion;
  let late = null; // what came while somebody was typing
  let stays = false;
  let failures = 0;
  let note = null;
  let timer = 0;
  let asking = null;
  for (const piece of part.children) written.set(piece, sourceOf(piece));

  const headers = () => (stays ? {} : ASKING); // an open sitting is no desk that somebody left

  const fetchPart = async () => {
    const page = await (await fetch(part.dataset.partUrl || location.href, { headers: headers() })).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
    if (!fresh) return false;
    if ([...fresh.children].every((piece) => piece.id)) late = bringIn(part, fresh) ? fresh : null;
    else if (part.contains(document.activeElement)) return false; // not under somebody's hands
    else part.innerHTML = fresh.innerHTML;
    return true;
  };

  const ask = async () => {
    const answer = await fetch(part.dataset.pollUrl, { headers: { ...headers(), Accept: "application/json" } });
    if (answer.redirected) {
      location.assign(location.pathname + location.search); // signed out meanwhile: the sign-in page leads back here
      return;
    }
    const state = await answer.json();
    stays = Boolean(state.stays);
    document.body.toggleAttribute("data-stays", stays);
    if (String(state.version) !== version) {
      if (await fetchPart()) version = String(state.version);
    } else if (late && !bringIn(part, late)) late = null;
  };

  const once = async () => {
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
  };

  // One question at a time: on a slow line they would pile up.
  const next = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(async () => {
      if (!document.hidden) {
        asking = asking || once();
        await asking;
        asking = null;
      }
      next(every);
    }, wait);
  };

  const now = async () => {
    if (asking) await asking;
    next(0);
  };
  document.addEventListener("visibilitychange", () => { if (!document.hidden) now(); });
  document.addEventListener("room-act", now);
  next(every);
}

document.querySelectorAll("[data-poll-url]").forEach(follow);

// Whoever types or ticks something in a form of such a part holds its piece until it is sent.
document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (form && event.target.closest("[data-poll-url]")) form.dataset.changed = "1";
});
