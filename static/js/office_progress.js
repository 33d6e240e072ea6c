// How far the worker is with many runs that were changed at once: asked every second until all are done.

const EVERY_MS = 1_000;

const part = document.querySelector("[data-progress]");

async function look() {
  try {
    const answer = await fetch("?json", { headers: { Accept: "application/json" } });
    const { total, done, refused, last_error } = await answer.json();
    part.querySelector("[data-bar]").value = done + refused;
    part.querySelector("[data-done]").textContent = done;
    part.querySelector("[data-refused]").textContent = refused;
    part.querySelector("[data-error]").textContent = last_error;
    if (done + refused >= total) return;
  } catch {
    // The server will be there again.
  }
  setTimeout(look, EVERY_MS);
}

if (part) setTimeout(look, EVERY_MS);
