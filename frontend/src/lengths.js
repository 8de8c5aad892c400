// How long a text is, as the server stores it: a line break is one letter, a rare letter is one. The browser's own limit
// (maxlength) counts otherwise, and cuts what is pasted; here nothing is cut, the line below says how much is too much.

import { line, say } from "./words.js";

const NEAR = 0.8; // said from here on
const COMPATIBLE = /[\uf900-\ufaff]|\ud87e[\udc00-\ude1f]/; // NFC would make other letters of them: as kit/text.py

export function length(text) {
  const trimmed = text.trim();
  return [...(COMPATIBLE.test(trimmed) ? trimmed : trimmed.normalize("NFC"))].length;
}

function tell(field) {
  const longest = Number(field.dataset.longest);
  const count = length(field.value);
  let note = field.nextElementSibling;
  if (!note || !note.classList.contains("length-note")) note = null;
  if (count < NEAR * longest) {
    if (note) note.remove();
    return;
  }
  if (!note) {
    note = line("", "length-note form-hint");
    field.after(note);
  }
  const over = count - longest;
  note.classList.toggle("is-over", over > 0);
  note.textContent = over > 0 ? say("over", over) : say("left", -over);
}

document.addEventListener("input", (event) => {
  if (event.target.dataset && event.target.dataset.longest) tell(event.target);
});
for (const field of document.querySelectorAll("textarea[data-longest]")) if (field.value) tell(field);
