// What somebody types is kept on this device until it has been received: text only, no photos, names or phones
// (fields marked data-unkept: a search for families).

import { line, say } from "./words.js";

const DRAFT = "draft:";
const DAYS = 30 * 24 * 3600 * 1000;
const NOT_KEPT = ["hidden", "file", "password", "submit", "button"];
const ABOUT_PEOPLE = /^(name|tel|email|username|one-time-code|.*password.*)$/;
const who = document.body.dataset.who || "";
// At a venue's tablet the next villager must not read what the last one gave up: without an account a draft lives in
// this window alone.
const store = who ? localStorage : sessionStorage;

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
  try {
    if (fields(form).every(untouched)) store.removeItem(key);
    else store.setItem(key, JSON.stringify({ at: Date.now(), values }));
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

for (const form of document.querySelectorAll("form[data-draft]")) {
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
  setInterval(() => { if (changed) save(); }, 2000);
  addEventListener("pagehide", () => { if (changed) save(); });
  addEventListener("beforeunload", (event) => {
    if (changed) save();
    if (wouldBeLost(form, isKept)) {
      event.preventDefault();
      event.returnValue = "";
    }
  });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  try {
    if (form.dataset.draft) sessionStorage.setItem("sent", keyOf(form));
    if (form.dataset.signOut !== undefined) {
      for (const key of Object.keys(store)) if (key.startsWith(`${DRAFT}${who}|`)) store.removeItem(key);
    }
  } catch { /* nothing kept, nothing to note */ }
});

// A draft goes when the next page says that the act was received, or after a month.
try {
  const sent = sessionStorage.getItem("sent");
  if (sent && document.querySelector(".said .alert-success, [data-receipt]")) {
    store.removeItem(sent);
    sessionStorage.removeItem("sent");
    document.querySelectorAll("form[data-draft] .draft-note").forEach((note) => note.querySelector("button").click());
  }
  for (const key of Object.keys(store)) {
    if (key.startsWith(DRAFT) && !(Date.now() - (read(key) || {}).at < DAYS)) store.removeItem(key);
  }
} catch { /* no store on this device */ }
