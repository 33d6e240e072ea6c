// Counts down how long seats are held, looks again where the page waits for something, sends a form once, and loses no
// names that were typed.

countDownAll();
// A form that was sent in the background brings what is left now.
document.addEventListener("htmx:afterSettle", countDownAll);
for (const element of document.querySelectorAll("[data-look-again]")) {
  setTimeout(() => location.reload(), Number(element.dataset.lookAgain) * 1000);
}
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
// Names that were typed and not saved go along with whoever goes on to pay.
for (const link of document.querySelectorAll("[data-saves]")) {
  const form = document.getElementById(link.dataset.saves);
  link.addEventListener("click", (event) => {
    if (![...form.elements].some((field) => "defaultValue" in field && field.value !== field.defaultValue)) return;
    event.preventDefault();
    form.requestSubmit();
  });
}
// A page that the browser kept shows an old time and a form that was sent.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

function countDownAll() {
  for (const element of document.querySelectorAll("[data-expires-at]:not([data-counting])")) countDown(element);
}

// The visitor's clock may be wrong: only the time that passed since the page was made is taken from it.
function countDown(element) {
  const leftAtFirst = Date.parse(element.dataset.expiresAt) - Date.parse(element.dataset.serverNow);
  const begun = Date.now();
  element.dataset.counting = "yes";
  const shown = element.querySelector("[data-left]");
  const spoken = element.querySelector("[data-spoken]");
  // Sentences in the reader's language, by the seconds that are left when they are said.
  const sentences = JSON.parse(element.dataset.sentences);
  const toSpeak = Object.keys(sentences).map(Number).filter((seconds) => seconds * 1000 < leftAtFirst).sort((a, b) => b - a);
  element.querySelector("[data-until]").hidden = true;

  function tick() {
    if (!element.isConnected) return clearInterval(timer);
    const seconds = Math.max(0, Math.ceil((leftAtFirst - (Date.now() - begun)) / 1000));
    shown.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (seconds <= toSpeak[0]) {
      spoken.textContent = sentences[toSpeak.shift()];
    }
    if (seconds > 0) return;
    clearInterval(timer);
    showTheEnd(element, spoken);
  }

  const timer = setInterval(tick, 1000);
  tick();
}

// On the order's page a look at the server tells what became of it. A form that is being filled in is never taken away.
function showTheEnd(element, spoken) {
  if (document.querySelector("form[data-once]")) {
    element.querySelector("[data-left]").textContent = element.dataset.over;
    spoken.textContent = element.dataset.overSpoken;
  } else {
    setTimeout(() => location.reload(), 1000);
  }
}
