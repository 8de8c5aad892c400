// A statement is worded live on the wall: what the secretary types shows on the projector of the same machine letter by
// letter, until it is put to the room. A projector of another machine shows it then, within a second, as it shows all else.

const room = location.pathname.match(/\/sittings\/([0-9a-f-]{36})\/room\//);

function follow(channel) {
  channel.addEventListener("message", (event) => {
    const shown = document.querySelector("[data-wording-shown]");
    if (!shown) return;
    shown.replaceChildren();
    shown.hidden = !event.data;
    if (!event.data) return;
    for (const [words, look] of [[shown.dataset.words, ""], [event.data, "wall-text wall-middle"]]) {
      const line = document.createElement("p");
      line.className = look;
      line.textContent = words;
      shown.append(line);
    }
  });
}

function tell(channel) {
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (event.target.name === "text" && form?.matches('[action*="/statements/"]')) channel.postMessage(event.target.value.trim());
  });
  document.addEventListener("room-act", () => channel.postMessage(""));
  addEventListener("pagehide", () => channel.postMessage(""));
}

if (room && window.BroadcastChannel) {
  const channel = new BroadcastChannel(`wording-${room[1]}`);
  if (document.querySelector("[data-wording-shown]")) follow(channel);
  else if (document.getElementById("room")) tell(channel);
}
