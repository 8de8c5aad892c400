// A photo is made small on the phone: 1600 px, JPEG, without what the camera wrote into it. Where the browser cannot,
// the photo goes as it is and the server does the same.

import { line, say } from "./words.js";

const LONGEST = 1600;
const QUALITY = 0.75;

function picture(file) {
  return new Promise((done, failed) => {
    const image = new Image();
    image.onload = () => done(image);
    image.onerror = failed;
    image.src = URL.createObjectURL(file);
  });
}

async function smaller(file) {
  const image = await picture(file);
  const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(image.naturalWidth * scale);
  canvas.height = Math.round(image.naturalHeight * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  return new File([blob], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
}

function megabytes(files) {
  return (files.reduce((sum, file) => sum + file.size, 0) / 1024 / 1024).toFixed(1);
}

function show(input, files, text) {
  let box = input.parentNode.querySelector(".chosen");
  if (!box) {
    box = document.createElement("div");
    box.className = "chosen";
    input.after(box);
  }
  box.textContent = "";
  for (const file of files) {
    const image = document.createElement("img");
    image.alt = "";
    image.onload = () => URL.revokeObjectURL(image.src);
    image.onerror = () => image.remove();
    image.src = URL.createObjectURL(file);
    box.append(image);
  }
  if (text) box.append(line(text, "muted"));
}

async function shrink(input) {
  const chosen = [...input.files];
  let kept = chosen;
  try {
    const small = new DataTransfer(); // not on iPhones before 2021
    show(input, [], say("shrinking"));
    for (const file of chosen) small.items.add(await smaller(file).catch(() => file));
    input.files = small.files;
    kept = [...small.files];
  } catch { /* sent as it is */ }
  show(input, kept, kept.length ? say("chosen", megabytes(kept)) : "");
}

for (const input of document.querySelectorAll('input[type="file"][accept*="image"]')) {
  let work = null;
  input.addEventListener("change", () => {
    const mine = shrink(input).then(() => { if (work === mine) work = null; });
    work = mine;
  });
  // Sent while a photo is still being made small: the form waits for it.
  input.form.addEventListener("submit", (event) => {
    if (!work) return;
    const button = event.submitter;
    event.preventDefault();
    event.stopImmediatePropagation();
    work.then(() => (button || input.form.querySelector("[type=submit]")).click());
  });
}
