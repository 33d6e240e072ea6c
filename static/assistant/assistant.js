// The assistant without leaving the page: questions go over a socket, or by REST where there is none, and the answer is
// shown as its words come. Every text goes in as text, never as markup.

import { askOverSocket } from "./socket.js";
import { answerElement, element, questionElement } from "./turns.js";

// Of this tab: which conversation goes on here, and the key to it of somebody who is not logged in.
const KEPT_AS = "assistant";
const FORGOTTEN = "conversation-unknown";

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT_AS)) ?? {};
  } catch {
    return {};
  }
}

function keep(answer) {
  const { conversation, key = "" } = kept();
  const same = conversation === answer.conversation;
  const place = { conversation: answer.conversation, key: answer.conversation_key || (same ? key : "") };
  sessionStorage.setItem(KEPT_AS, JSON.stringify(place));
}

function headers(form) {
  const { key } = kept();
  const csrf = form.elements.csrfmiddlewaretoken.value;
  return { Accept: "application/json", "X-CSRFToken": csrf, ...(key ? { "Conversation-Key": key } : {}) };
}

async function askByRest(form, message) {
  const { conversation = null } = kept();
  const answer = await fetch(form.dataset.rest, {
    method: "POST",
    headers: { ...headers(form), "Content-Type": "application/json" },
    body: JSON.stringify({ message, conversation }),
  });
  const body = await answer.json();
  return answer.ok ? body : { type: "problem", ...body };
}

async function ask(form, message, onWords) {
  const { conversation = null, key = "" } = kept();
  const answer =
    (await askOverSocket({ message, conversation, key }, onWords)) ?? (await askByRest(form, message));
  if (answer.code === FORGOTTEN && conversation) {
    sessionStorage.removeItem(KEPT_AS);
    return ask(form, message, onWords);
  }
  return answer;
}

function setUp(form) {
  const log = form.parentElement.querySelector("[role=log]");
  const input = form.elements.message;
  const over = form.querySelector("[data-start-over]");
  const beginning = [...log.childNodes].map((node) => node.cloneNode(true));
  // Seen as it grows; spoken only when it is whole, so that nobody hears every word twice.
  const coming = element("p", "assistant-text assistant-coming");
  coming.setAttribute("aria-hidden", "true");
  let isAsking = false;

  function show(...elements) {
    log.append(...elements);
    log.scrollTop = log.scrollHeight;
    over.hidden = false;
  }

  async function askAndShow(message) {
    if (isAsking || !message.trim()) return;
    isAsking = true;
    form.querySelector("[type=submit]").disabled = true;
    log.setAttribute("aria-busy", "true");
    const asked = questionElement(message, form.dataset.you);
    show(asked);
    coming.textContent = "…";
    show(coming);
    let heard = "";
    const answer = await ask(form, message, (words) => {
      coming.textContent = heard += words;
      log.scrollTop = log.scrollHeight;
    }).catch(() => ({ type: "problem" }));
    coming.remove();
    if (answer.type === "problem") {
      show(element("p", "assistant-error wrong", answer.detail || form.dataset.unreachable));
      if (!input.value) input.value = message;
    } else {
      keep(answer);
      show(answerElement(answer));
    }
    // Of a long answer the beginning is read first.
    asked.scrollIntoView({ block: "nearest" });
    log.scrollTop = asked.offsetTop - log.offsetTop;
    log.setAttribute("aria-busy", "false");
    form.querySelector("[type=submit]").disabled = false;
    isAsking = false;
  }

  // What was said before, on another page of this tab. It is not news, so it is not read out.
  async function recall() {
    const { conversation } = kept();
    if (!conversation || log.querySelector(".assistant-question")) return;
    const answer = await fetch(`${form.dataset.conversations}${conversation}/`, { headers: headers(form) });
    if (answer.status === 404) sessionStorage.removeItem(KEPT_AS);
    if (!answer.ok || log.querySelector(".assistant-question")) return;
    log.setAttribute("aria-live", "off");
    for (const turn of (await answer.json()).turns) {
      show(questionElement(turn.question, form.dataset.you), answerElement(turn));
    }
    setTimeout(() => log.setAttribute("aria-live", "polite"), 1_000);
  }

  async function startOver() {
    const { conversation } = kept();
    if (conversation) {
      const forget = { method: "DELETE", headers: headers(form) };
      fetch(`${form.dataset.conversations}${conversation}/`, forget).catch(() => null);
    }
    sessionStorage.removeItem(KEPT_AS);
    log.replaceChildren(...beginning.map((node) => node.cloneNode(true)));
    over.hidden = true;
    input.focus();
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const message = input.value;
    input.value = "";
    await askAndShow(message);
    input.focus();
  });
  log.addEventListener("click", (event) => {
    const say = event.target.closest("button.assistant-say");
    if (!say) return;
    // Of the page as the server made it, it is a button of a form.
    event.preventDefault();
    askAndShow(say.value);
  });
  over.addEventListener("click", startOver);
  const panel = form.closest("details");
  if (panel) panel.addEventListener("toggle", () => panel.open && recall().catch(() => null));
  else recall().catch(() => null);
}

for (const form of document.querySelectorAll("form[data-assistant]")) setUp(form);
