// How questions and answers look; as templates/assistant/_turn.html makes them where there is no script.

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function questionElement(text, you) {
  const made = element("p", "assistant-question");
  made.append(element("span", "visually-hidden", you), ` ${text}`);
  return made;
}

export function answerElement(answer) {
  const box = element("div", "assistant-answer");
  box.append(element("p", "assistant-text", answer.answer));
  if (answer.suggestions.length) {
    const list = element("ul", "assistant-links");
    for (const suggestion of answer.suggestions) {
      const item = element("li");
      item.append(suggestion.say ? sayElement(suggestion) : linkElement(suggestion));
      list.append(item);
    }
    box.append(list);
  }
  return box;
}

function linkElement(suggestion) {
  const link = element("a", "", suggestion.label);
  link.href = suggestion.url;
  return link;
}

function sayElement(suggestion) {
  const button = element("button", "assistant-say", suggestion.label);
  button.type = "button";
  button.value = suggestion.say;
  return button;
}
