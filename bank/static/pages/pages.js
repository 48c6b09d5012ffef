// What the pages do not need but show with JavaScript: buttons that copy a command, and how a storm goes on.
"use strict";

function showButtons() {
  for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;
}
document.addEventListener("DOMContentLoaded", showButtons);
document.addEventListener("htmx:afterSettle", showButtons);

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
  button.textContent = "Copied";
});

// While a form with data-live is being answered, its <output> shows the text at that address.
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  const output = form.querySelector("output");
  output.textContent = "running …";
  const ask = async () => {
    const answer = await fetch(form.dataset.live);
    if (answer.ok && output.isConnected) output.textContent = await answer.text();
  };
  const timer = form.dataset.live && setInterval(ask, 250);
  event.detail.xhr.addEventListener("loadend", () => clearInterval(timer));
});
