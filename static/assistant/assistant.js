// The assistant without leaving the page: sends the form's question in the background and adds the answer to its log.
// Every text goes in as text, never as markup.

const UNREACHABLE = "The assistant cannot be reached right now. Please ask again in a moment.";

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function answerElement(answer) {
  const box = element("div", "assistant-answer");
  box.append(element("p", "assistant-text", answer.answer));
  const pages = answer.suggestions.filter((suggestion) => suggestion.url);
  if (pages.length) {
    const links = element("ul", "assistant-links");
    for (const suggestion of pages) {
      const link = element("a", "", suggestion.label);
      link.href = suggestion.url;
      const item = element("li");
      item.append(link);
      links.append(item);
    }
    box.append(links);
  }
  return box;
}

async function ask(form) {
  const response = await fetch(form.action, {
    method: "POST",
    body: new FormData(form),
    headers: { Accept: "application/json" },
    credentials: "same-origin",
  });
  const body = await response.json();
  if (response.ok) return answerElement(body);
  return element("p", "assistant-error wrong", body.error || body.detail || UNREACHABLE);
}

for (const form of document.querySelectorAll("form[data-assistant-log]")) {
  const log = document.getElementById(form.dataset.assistantLog);
  const input = form.elements.message;
  const button = form.querySelector("button");
  let isAsking = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isAsking || !input.value.trim()) return;
    isAsking = true;
    button.disabled = true;
    log.setAttribute("aria-busy", "true");
    const question = input.value;
    log.append(element("p", "assistant-question", question));
    const answered = ask(form).catch(() => element("p", "assistant-error wrong", UNREACHABLE));
    input.value = "";
    const answer = await answered;
    if (answer.classList.contains("assistant-error") && !input.value) input.value = question;
    log.append(answer);
    answer.scrollIntoView({ block: "nearest" });
    log.setAttribute("aria-busy", "false");
    button.disabled = false;
    isAsking = false;
    input.focus();
  });
}
