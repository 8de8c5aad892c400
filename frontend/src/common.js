// What both faces need: drafts, one sending, small photos, reading aloud, menus that close on phones.

const DRAFT = "draft:";

function fields(form) {
  return [...form.elements].filter(
    (one) => one.name && !["hidden", "file", "password", "submit"].includes(one.type) && one.name !== "csrfmiddlewaretoken",
  );
}

function keep(form) {
  const values = {};
  for (const one of fields(form)) {
    if (one.type === "checkbox" || one.type === "radio") {
      if (one.checked) (values[one.name] ??= []).push(one.value);
    } else if (one.value && one.value !== one.defaultValue) values[one.name] = [one.value];
  }
  const key = DRAFT + form.dataset.draft;
  try {
    if (Object.keys(values).length) localStorage.setItem(key, JSON.stringify(values));
    else localStorage.removeItem(key);
  } catch { /* a full or forbidden store loses only the draft */ }
}

function restore(form) {
  let values;
  try {
    values = JSON.parse(localStorage.getItem(DRAFT + form.dataset.draft) || "null");
  } catch { return; }
  if (!values || form.querySelector(".error-summary")) return;
  for (const one of fields(form)) {
    const found = values[one.name];
    if (!found) continue;
    if (one.type === "checkbox" || one.type === "radio") one.checked = found.includes(one.value);
    else if (!one.value) one.value = found[0];
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) {
  restore(form);
  let changed = false;
  form.addEventListener("input", () => { changed = true; });
  form.addEventListener("focusout", () => keep(form));
  setInterval(() => { if (changed) { changed = false; keep(form); } }, 2000);
}
// The draft is cleared when the next page says that the act was received.
if (document.querySelector(".said .alert-success, [data-receipt]")) {
  try {
    const sent = sessionStorage.getItem("sent");
    if (sent) localStorage.removeItem(DRAFT + sent);
    sessionStorage.removeItem("sent");
  } catch { /* nothing kept, nothing to clear */ }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  if (form.dataset.draft) { try { sessionStorage.setItem("sent", form.dataset.draft); } catch { /* see above */ } }
  const button = event.submitter;
  if (button && button.dataset.sending) {
    button.setAttribute("aria-busy", "true");
    setTimeout(() => { button.textContent = button.dataset.sending; }, 0);
  }
  setTimeout(() => { delete form.dataset.sent; button?.removeAttribute("aria-busy"); }, 10000);
});

// A photo is made small on the phone: 1600 px, without what the camera wrote into it.
async function smaller(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, 1600 / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.75));
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}
for (const input of document.querySelectorAll('input[type="file"][accept*="image"]')) {
  input.addEventListener("change", async () => {
    if (!window.createImageBitmap || !window.DataTransfer) return;
    const kept = new DataTransfer();
    for (const file of input.files) {
      try { kept.items.add(await smaller(file)); } catch { kept.items.add(file); }
    }
    input.files = kept.files;
  });
}

for (const button of document.querySelectorAll("[data-read-aloud]")) {
  if (!window.speechSynthesis) { button.hidden = true; continue; }
  button.hidden = false;
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
    const words = new SpeechSynthesisUtterance(document.querySelector(button.dataset.readAloud).innerText);
    words.lang = document.documentElement.lang === "en" ? "en" : "zh-CN";
    speechSynthesis.speak(words);
  });
}

// A part of the page that changes: asks for its version every few seconds and fetches it only when it changed.
for (const part of document.querySelectorAll("[data-poll-url]")) {
  let version = part.dataset.pollVersion;
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.pollUrl, { headers: { Accept: "application/json" } });
      const state = await answer.json();
      if (String(state.version) === version) return;
      const page = await (await fetch(part.dataset.partUrl || location.href)).text();
      const fresh = new DOMParser().parseFromString(page, "text/html").getElementById(part.id);
      if (fresh && !part.contains(document.activeElement)) { part.innerHTML = fresh.innerHTML; version = String(state.version); }
    } catch { /* no signal: asked again in a moment */ }
  }, 3000);
}

document.querySelector(".error-summary")?.focus();
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
