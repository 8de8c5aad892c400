// A consultation on a phone: one tap, and the next statement is there. Without this script the form does the same.

async function vote(form, button) {
  const ballot = document.getElementById("ballot");
  const data = new FormData(form);
  data.set("value", button.value);
  for (const one of form.querySelectorAll("button")) one.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: data, headers: { "X-Part": "ballot" } });
    if (answer.redirected || ![200, 422].includes(answer.status)) {
      location.reload();
      return;
    }
    ballot.innerHTML = await answer.text();
    ballot.querySelector(".statement-text, h2")?.focus({ preventScroll: true });
    if (ballot.getBoundingClientRect().top < 0) ballot.scrollIntoView();
  } catch {
    form.querySelector("[data-said]").textContent = ballot.dataset.lost; // the same act is sent again: it counts once
    for (const one of form.querySelectorAll("button")) one.disabled = false;
  } finally {
    delete form.dataset.sent;
    button.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-vote]") || !event.submitter) return;
  event.preventDefault();
  vote(form, event.submitter);
});
