// Draws the plan of a hall while it is written, and turns a chosen file into text that can be edited.

const PAUSE_MS = 350;

const form = document.querySelector("[data-hall-plan]");
const text = form.querySelector("textarea");
const file = form.querySelector("input[type=file]");
const preview = form.querySelector("[data-preview]");
const fault = form.querySelector("[data-fault]");
let waiting = 0;
let asked = 0;

async function look({ withFile = false } = {}) {
  const question = ++asked;
  const body = new FormData(form);
  if (!withFile) body.delete("file");
  preview.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.dataset.hallPlan, { method: "POST", body });
    if (!answer.ok) throw new Error(String(answer.status));
    const found = await answer.json();
    // Somebody has typed on meanwhile: a later answer is on its way.
    if (question === asked) show(found, withFile);
  } catch {
    if (question === asked) fault.textContent = form.dataset.notDrawn;
  }
  if (question === asked) preview.setAttribute("aria-busy", "false");
}

function show(found, withFile) {
  fault.textContent = found.fault ?? "";
  // The drawing of the last plan that could be read stays, to find the place by.
  if (found.drawing) preview.innerHTML = found.drawing;
  if (withFile && found.text) {
    text.value = found.text;
    file.value = "";
  }
}

text.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(look, PAUSE_MS);
});
// Somebody was quicker than this script.
if (text.value !== text.defaultValue) look();
file.addEventListener("change", () => {
  if (file.files.length) look({ withFile: true });
});
