// What somebody types is kept on this device until it has been received: text only, no photos, names, phones or codes
// (fields marked data-unkept: a search for families).

import { line, say } from "./words.js";

const DRAFT = "draft:";
const MINUTE = 60 * 1000;
const NOT_KEPT = ["hidden", "file", "password", "submit", "button"];
const ABOUT_PEOPLE = /^(off|name|tel|email|username|one-time-code|.*password.*)$/;
const who = document.body.dataset.who || "";
// At a venue's tablet the next villager must not read what the last one gave up: without an account a draft lives in
// this window alone, for some minutes, and ends where the next one begins: at the start page.
const store = who ? localStorage : sessionStorage;
const LIVES = who ? 30 * 24 * 60 * MINUTE : 20 * MINUTE;
const START = "[data-start-page]";

function fields(form) {
  return [...form.elements].filter(
    (one) => one.name && one.dataset.unkept === undefined && !NOT_KEPT.includes(one.type)
      && !ABOUT_PEOPLE.test(one.autocomplete || ""),
  );
}

// Two forms on one page keep apart; two people on one computer too.
function keyOf(form) {
  const names = [...new Set(fields(form).map((one) => one.name))].join(",");
  return `${DRAFT}${who}|${form.dataset.draft}|${form.getAttribute("action") || ""}|${names}`;
}

function isTicked(one) {
  return one.type === "checkbox" || one.type === "radio";
}

function untouched(one) {
  if (isTicked(one)) return one.checked === one.defaultChecked;
  if (one.options) return [...one.options].every((option) => option.selected === option.defaultSelected);
  return one.value === one.defaultValue;
}

function read(key) {
  try {
    return JSON.parse(store.getItem(key) || "null");
  } catch {
    return null;
  }
}

function drop(isOver) {
  try {
    for (const key of Object.keys(store)) if (key.startsWith(DRAFT) && isOver(read(key) || {}, key)) store.removeItem(key);
  } catch { /* no store on this device */ }
}

// The draft carries the id of the act with which it would be sent: the receipt of that act ends it.
function keep(form) {
  const values = {};
  for (const one of fields(form)) {
    if (isTicked(one)) {
      if (one.checked) (values[one.name] = values[one.name] || []).push(one.value);
    } else if (one.multiple && one.options) {
      values[one.name] = [...one.selectedOptions].map((option) => option.value);
    } else values[one.name] = [one.value];
  }
  const key = keyOf(form);
  const act = form.elements.act_id ? form.elements.act_id.value : "";
  try {
    if (fields(form).every(untouched)) store.removeItem(key);
    else store.setItem(key, JSON.stringify({ at: Date.now(), act, values }));
    return true;
  } catch {
    return false; // a full or forbidden store
  }
}

function restore(form) {
  const draft = read(keyOf(form));
  if (!draft || form.querySelector(".error-summary")) return; // what the server sent back is newer
  let changed = false;
  for (const one of fields(form)) {
    const found = draft.values[one.name];
    if (!found) continue;
    if (isTicked(one)) one.checked = found.includes(one.value);
    else if (one.multiple && one.options) for (const option of one.options) option.selected = found.includes(option.value);
    else if (untouched(one)) one.value = found[0];
    if (!untouched(one)) changed = true;
  }
  if (!changed) return;
  const note = line(say("restored") + " ", "draft-note");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain-button";
  button.textContent = say("clear");
  button.addEventListener("click", () => {
    form.reset();
    store.removeItem(keyOf(form));
    note.remove();
  });
  note.append(button);
  form.prepend(note);
}

// What only this page holds: a chosen file, a name or a phone, or words that the store refused.
function wouldBeLost(form, isKept) {
  if (form.dataset.sent) return false;
  const others = [...form.elements].filter((one) => one.name && !["hidden", "submit", "button"].includes(one.type));
  const apart = others.filter((one) => !fields(form).includes(one) && one.type !== "password");
  return apart.some((one) => (one.type === "file" ? one.files.length : !untouched(one))) || !isKept;
}

const received = (/(?:^|; )received=([^;]*)/.exec(document.cookie) || ["", ""])[1].split(".");
const atStart = !who && document.querySelector(START) !== null;
drop((draft) => atStart || !(Date.now() - draft.at < LIVES) || (draft.act && received.includes(draft.act)));

let toStart = false; // somebody goes to the start page, where their words end
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  toStart = !who && link !== null && link.pathname === "/" && link.origin === location.origin;
});

function attach(form) {
  let changed = false;
  let isKept = true;
  const save = () => {
    changed = false;
    isKept = keep(form);
  };
  restore(form);
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("focusout", () => { if (changed) save(); });
  form.addEventListener("change", save);
  form.addEventListener("submit", save);
  const timer = setInterval(() => {
    if (changed && form.isConnected) save();
    if (!form.isConnected) clearInterval(timer); // its piece of the page was exchanged
  }, 2000);
  addEventListener("pagehide", () => { if (changed && form.isConnected) save(); });
  addEventListener("beforeunload", (event) => {
    if (!form.isConnected) return;
    if (changed) save();
    if (wouldBeLost(form, isKept && !(toStart && !fields(form).every(untouched)))) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
}

document.querySelectorAll("form[data-draft]").forEach(attach);
document.addEventListener("piece", (event) => event.detail.querySelectorAll("form[data-draft]").forEach(attach));

// A page that stands open on a venue's tablet, and nobody touches it: the next villager finds it empty.
let idle = 0;
if (!who && document.querySelector("form[data-draft]")) {
  for (const sign of ["input", "pointerdown", "keydown"]) addEventListener(sign, () => { idle = 0; });
  setInterval(() => {
    if (document.hidden || (idle += 1) * MINUTE < LIVES) return;
    idle = 0;
    drop(() => true);
    for (const form of document.querySelectorAll("form[data-draft]")) {
      if (![...form.elements].some((one) => one.name && !untouched(one))) continue;
      form.reset();
      form.querySelectorAll(".draft-note, .chosen").forEach((one) => one.remove());
      form.prepend(line(say("emptied"), "draft-note"));
    }
  }, MINUTE);
}

document.addEventListener("submit", (event) => {
  if (event.target.dataset.signOut !== undefined) drop((_draft, key) => key.startsWith(`${DRAFT}${who}|`));
});
