// Searching in a picker exchanges its list alone: what was typed elsewhere stays as it is. Without scripts the form is
// sent and comes back (yishi/web/kit/fields/picker.py).

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-picker] button[name=find]");
  if (!button || !window.fetch) return;
  event.preventDefault();
  const box = button.closest("[data-picker]");
  const data = new FormData(button.form);
  data.append("find", button.value);
  for (const [name, value] of [...data.entries()]) if (value instanceof File) data.delete(name);
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button.form.action || location.href, { method: "POST", body: data, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector(`[data-picker="${box.dataset.picker}"] .picker-found`);
    if (found) box.querySelector(".picker-found").replaceWith(document.importNode(found, true));
    else button.form.submit();
  } catch {
    button.form.submit();
  } finally {
    button.removeAttribute("aria-busy");
  }
});

// Enter in the search box searches; it does not send the form.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("[data-picker] input[type=search]")) return;
  event.preventDefault();
  event.target.closest("[data-picker]").querySelector("button[name=find]").click();
});
