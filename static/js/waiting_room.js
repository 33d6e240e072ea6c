// The page of a waiting room: answers the puzzle when somebody joins, moves the line, and says when it is one's turn.

import { solve } from "./puzzle.js";
import { watchLine } from "./line.js";

const LOOK_AGAIN_MS = 5_000;

const room = document.querySelector("[data-room]");
const form = room.querySelector("[data-join]");

function lookAgain(afterMs) {
  // Not all at one moment: everybody is told at the same time that it is somebody's turn.
  setTimeout(() => location.reload(), afterMs * (0.5 + Math.random()));
}

function say(element, number) {
  if (!element) return;
  const { none, one, many } = element.dataset;
  const text = number === 0 && none ? none : number <= 1 ? one : many.replace("NUMBER", number.toLocaleString(document.documentElement.lang));
  if (element.textContent !== text) element.textContent = text;
}

function follow() {
  const place = Number(room.dataset.place);
  const wasOpen = room.dataset.opened === "yes";
  const live = room.querySelector("[data-live]");
  const progress = room.querySelector("[data-progress]");
  const waiting = room.querySelector("[data-waiting]");
  let leaving = false;

  function show(line) {
    if (leaving) return;
    if (waiting) waiting.textContent = line.waiting.toLocaleString(document.documentElement.lang);
    if (line.open !== wasOpen || (place > 0 && line.front > place)) {
      leaving = true;
      // A few come to their turn at once; the draw tells everybody.
      lookAgain(place > 0 ? 200 : 2_000);
      return;
    }
    if (place === 0) return;
    const ahead = Math.max(0, place - line.front);
    say(room.querySelector("[data-ahead]"), ahead);
    if (line.perMinute > 0) say(room.querySelector("[data-minutes]"), Math.floor(ahead / line.perMinute) + 1);
    progress.value = line.front;
  }

  watchLine(room.dataset.room, {
    onLine: show,
    onGone: () => lookAgain(1_000),
    onLive: (on) => {
      live.dataset.on = on ? "yes" : "no";
      live.textContent = on ? live.dataset.yes : live.dataset.no;
    },
  });
  // Should the socket be blocked somewhere on the way, the line is looked at as any program would.
  setInterval(async () => {
    if (live.dataset.on === "yes" || leaving) return;
    const answer = await fetch(room.dataset.look).catch(() => null);
    if (!answer?.ok) return;
    const seen = await answer.json();
    show({ open: seen.seed !== null, front: seen.front, waiting: seen.waiting, perMinute: seen.per_minute });
  }, LOOK_AGAIN_MS);
}

function answerWhenSent() {
  form.addEventListener("submit", async (event) => {
    if (form.elements.answer.value || !globalThis.crypto?.subtle) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    form.querySelector("[data-busy-text]").textContent = form.dataset.busy;
    form.elements.answer.value = await solve(form.elements.challenge.value, Number(form.dataset.bits));
    form.submit();
  });
}

if (form) answerWhenSent();
if (room.dataset.state === "waiting") follow();
if (room.dataset.state === "away") lookAgain(LOOK_AGAIN_MS);
