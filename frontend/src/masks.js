// Rectangles drawn over a photo, with mouse, pen or finger; each is written in per cent into the fields of its form.

const photo = document.querySelector("[data-mask]");

function start() {
  const rows = [...document.querySelectorAll("[data-mask-row]")].map((row) => [...row.querySelectorAll("input")]);
  const undo = document.querySelector("[data-mask-undo]");
  const filled = () => rows.filter((row) => row.every((input) => input.value !== ""));
  let from = null;

  function box(values, kind) {
    const one = document.createElement("div");
    one.className = kind;
    ["left", "top", "width", "height"].forEach((side, at) => { one.style[side] = `${values[at]}%`; });
    photo.append(one);
  }

  function draw(open) {
    photo.querySelectorAll("div").forEach((one) => one.remove());
    filled().forEach((row) => box(row.map((input) => Number(input.value)), "mask-box"));
    if (open) box(open, "mask-box mask-open");
    undo.hidden = !filled().length;
  }

  function at(event) {
    const frame = photo.getBoundingClientRect();
    const share = (value) => Math.min(100, Math.max(0, value * 100));
    return [share((event.clientX - frame.left) / frame.width), share((event.clientY - frame.top) / frame.height)];
  }

  function spanned(event) {
    const [x, y] = at(event);
    const sides = [Math.min(x, from[0]), Math.min(y, from[1]), Math.abs(x - from[0]), Math.abs(y - from[1])];
    return sides.map((value) => Math.round(value * 10) / 10);
  }

  photo.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    photo.setPointerCapture(event.pointerId);
    from = at(event);
  });
  photo.addEventListener("pointermove", (event) => { if (from) draw(spanned(event)); });
  photo.addEventListener("pointercancel", () => { from = null; draw(); });
  photo.addEventListener("pointerup", (event) => {
    if (!from) return;
    const values = spanned(event);
    from = null;
    const row = rows.find((one) => one.every((input) => input.value === ""));
    if (row && values[2] >= 0.5 && values[3] >= 0.5) { // a touch is no rectangle
      row.forEach((input, side) => {
        input.value = values[side];
        input.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    draw();
  });
  undo.addEventListener("click", () => {
    const last = filled().pop();
    if (last) last.forEach((input) => { input.value = ""; input.dispatchEvent(new Event("input", { bubbles: true })); });
    draw();
  });
  rows.flat().forEach((input) => input.addEventListener("input", () => draw()));
  addEventListener("pageshow", () => draw()); // what the browser or a draft has put back
  draw();
}

if (photo) start();
