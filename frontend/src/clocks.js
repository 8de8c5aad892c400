// Clocks of a room: how long somebody speaks and an item lasts, counted on the device from the server's moment.

function told(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function tick() {
  for (const one of document.querySelectorAll("[data-clock]")) {
    if (one.began === undefined) one.began = Date.now() - (Number(one.dataset.now) - Number(one.dataset.clock)) * 1000;
    const seconds = Math.max(0, Math.round((Date.now() - one.began) / 1000));
    const limit = Number(one.dataset.limit) || 0;
    const text = limit ? `${told(seconds)} / ${told(limit)}` : told(seconds);
    if (one.textContent !== text) one.textContent = text;
    one.classList.toggle("is-over", limit > 0 && seconds > limit);
  }
}

if (document.querySelector("[data-poll-url]")) setInterval(tick, 500);
document.addEventListener("piece", tick);
