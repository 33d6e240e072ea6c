// Lets people in without leaving the page: what is typed, or read by the camera, is sent, and the answer put in its
// place. Codes are read by the browser if it can (BarcodeDetector), otherwise by jsQR, which is fetched only then.

import { openReader } from "./qr_reader.js";

const LOOK_EVERY_MS = 150;
// A ticket that stays before the camera is one scan; held there again later, it is another.
const SAME_TICKET_MS = 4000;

const root = document.querySelector("[data-check-in]");
const state = root.querySelector("[data-state]");
const typed = root.querySelector("[data-typed]");
const words = root.querySelector("[data-camera-words]");
const picture = root.querySelector("[data-camera]");
const video = root.querySelector("[data-video]");
const start = root.querySelector("[data-start]");
const stop = root.querySelector("[data-stop]");

let isSending = false;

async function send(form, body) {
  if (isSending) return;
  isSending = true;
  root.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body,
      headers: { "X-Requested-With": "fetch" },
      credentials: "same-origin",
      signal: AbortSignal.timeout(15_000),
    });
    if (answer.redirected || !answer.ok) throw new Error(`status ${answer.status}`);
    state.innerHTML = await answer.text();
    navigator.vibrate?.(state.querySelector("[data-tone=success]") ? 80 : [80, 60, 80]);
    say("");
    // What was sent is settled; the next is a scan of its own.
    typed.elements.scan.value = newKey();
    typed.elements.code.value = "";
  } catch {
    // The same scan is sent again with the same key, so that an answer that was lost lets nobody in twice.
    say(root.dataset.unreachable);
  } finally {
    isSending = false;
    root.removeAttribute("aria-busy");
  }
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function say(text) {
  words.textContent = text;
  words.hidden = !text;
}

root.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target, new FormData(event.target, event.submitter));
  if (event.target === typed) typed.elements.code.select();
});

// --- The camera -------------------------------------------------------------------------------------

let stream = null;

async function look() {
  const readCode = await openReader(root.dataset.decoder);
  let last = "";
  let lastSeenAt = 0;
  while (stream) {
    const text = isSending || video.readyState < video.HAVE_CURRENT_DATA ? "" : await readCode(video);
    if (text) {
      if (text !== last || Date.now() - lastSeenAt > SAME_TICKET_MS) {
        const body = new FormData(typed);
        body.set("code", text);
        await send(typed, body);
      }
      last = text;
      lastSeenAt = Date.now();
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

async function startCamera() {
  start.hidden = true;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } } });
  } catch {
    start.hidden = false;
    say(root.dataset.noCamera);
    return;
  }
  say("");
  video.srcObject = stream;
  picture.hidden = stop.hidden = false;
  await video.play();
  look().catch(() => {
    stopCamera();
    say(root.dataset.noReader);
  });
}

function stopCamera() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  video.srcObject = null;
  picture.hidden = stop.hidden = true;
  start.hidden = false;
}

if (navigator.mediaDevices) {
  root.querySelector("[data-camera-switch]").hidden = false;
  start.addEventListener("click", startCamera);
  stop.addEventListener("click", stopCamera);
  addEventListener("pagehide", stopCamera);
}
