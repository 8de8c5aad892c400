// The grid of stances on the secretary's screen: one key fills a column for everybody of a party who has said nothing yet;
// it is saved with all else, and changed before. Without this script each is chosen by itself.

function show(root) {
  for (const button of root.querySelectorAll("[data-fill]")) button.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fill]");
  if (!button) return;
  const form = button.closest("form");
  for (const none of form.querySelectorAll(`[data-party] input[type=radio][value=""][name^="said-${button.dataset.fill}-"]:checked`)) {
    const agree = form.querySelector(`input[name="${none.name}"][value="agree"]`);
    agree.checked = true;
    agree.dispatchEvent(new Event("input", { bubbles: true })); // the piece waits until it is saved
  }
});

document.addEventListener("piece", (event) => show(event.detail));
show(document);
