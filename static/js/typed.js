// A form that is sent in the background keeps what was typed: only what was said about it is exchanged. This ties what
// was said to the fields, as the server does in a page of its own, and speaks up when nobody could be asked.

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const form = detail.requestConfig?.elt;
  if (!form) return;
  for (const field of form.querySelectorAll(".field")) markField(field);
  const first = form.querySelector("[aria-invalid=true]");
  (first ?? document.getElementById(detail.target.id))?.scrollIntoView({ block: "nearest" });
  first?.focus();
});
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, () => {
    const state = document.getElementById("pay-state");
    state.replaceChildren(document.getElementById("not-sent").content.cloneNode(true));
    state.scrollIntoView({ block: "nearest" });
  });
}
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  delete detail.elt.dataset.sent;
});

function markField(field) {
  const input = field.querySelector("input");
  const said = field.querySelector(".wrong");
  const isWrong = said.textContent !== "";
  field.classList.toggle("field-wrong", isWrong);
  const help = field.querySelector(".help");
  const tied = [help?.id, isWrong && said.id].filter(Boolean).join(" ");
  if (tied) input.setAttribute("aria-describedby", tied);
  else input.removeAttribute("aria-describedby");
  if (isWrong) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
}
