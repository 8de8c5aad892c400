// Finds a place as one types: a combobox over /places/find. Without this script the page offers the candidates itself.

const WAIT = 150;
let count = 0;

function start(box) {
  const input = box.querySelector("input[type=text]");
  const hidden = box.querySelector("input[type=hidden]");
  const list = document.createElement("ul");
  list.id = `places-${(count += 1)}`;
  list.className = "place-options";
  list.setAttribute("role", "listbox");
  list.hidden = true;
  box.append(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  let timer = 0;
  let asked = "";
  let at = -1;

  const close = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const choose = (option) => {
    input.value = option.dataset.name;
    hidden.value = option.dataset.id;
    close();
    box.querySelector(".place-candidates")?.remove();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  const mark = (next) => {
    const options = [...list.children];
    if (!options.length) return;
    at = (next + options.length) % options.length;
    options.forEach((option, n) => {
      option.classList.toggle("active", n === at);
      option.setAttribute("aria-selected", String(n === at));
    });
    input.setAttribute("aria-activedescendant", options[at].id);
    options[at].scrollIntoView({ block: "nearest" });
  };

  const show = (places) => {
    list.textContent = "";
    list.append(
      ...places.map((place, n) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${n}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.id = place.id;
        option.dataset.name = place.full_name;
        const name = document.createElement("span");
        name.textContent = place.full_name;
        const about = document.createElement("small");
        about.className = "muted";
        about.textContent = ` ${place.level_name}`;
        option.append(name, about);
        // mousedown comes before the field loses the focus
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(option);
        });
        return option;
      }),
    );
    at = -1;
    list.hidden = places.length === 0;
    input.setAttribute("aria-expanded", String(places.length > 0));
  };

  const ask = async () => {
    const text = input.value.trim();
    asked = text;
    if (!text) {
      close();
      return;
    }
    const query = new URLSearchParams({ q: text });
    if (box.dataset.within) query.set("within", box.dataset.within);
    if (box.dataset.levels) query.set("levels", box.dataset.levels);
    if (box.dataset.gone) query.set("gone", box.dataset.gone);
    try {
      const answer = await fetch(`${box.dataset.url}?${query}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { places } = await answer.json();
      if (asked === text) show(places);
    } catch {
      close(); // no network: the server offers the candidates when the form is sent
    }
  };

  input.addEventListener("input", () => {
    hidden.value = "";
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") ask();
      return;
    }
    if (event.key === "ArrowDown") mark(at + 1);
    else if (event.key === "ArrowUp") mark(at - 1);
    else if (event.key === "Enter" && at >= 0) choose(list.children[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(close, WAIT));
}

document.querySelectorAll("[data-place-picker]").forEach(start);
