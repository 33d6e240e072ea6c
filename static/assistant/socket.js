// The socket to the assistant: opened with the first question, kept for the next ones, and done without where it fails.

const OPENS_WITHIN_MS = 3_000;
// The server gives up sooner.
const ANSWERS_WITHIN_MS = 15_000;

let socket = null;

async function opened() {
  if (socket && socket.readyState === WebSocket.OPEN) return socket;
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  socket = new WebSocket(`${scheme}//${location.host}/ws/assistant/`);
  const opening = socket;
  return new Promise((resolve, reject) => {
    opening.addEventListener("open", () => resolve(opening), { once: true });
    opening.addEventListener("close", reject, { once: true });
    setTimeout(reject, OPENS_WITHIN_MS);
  });
}

// The whole answer, or a problem; null if there is no way over a socket.
export async function askOverSocket(question, onWords) {
  let open;
  try {
    open = await opened();
  } catch {
    return null;
  }
  return new Promise((resolve) => {
    const listening = new AbortController();
    const end = (answer) => {
      listening.abort();
      clearTimeout(timer);
      resolve(answer);
    };
    const timer = setTimeout(() => end(null), ANSWERS_WITHIN_MS);
    open.addEventListener("close", () => end(null), { signal: listening.signal });
    open.addEventListener(
      "message",
      (message) => {
        const event = JSON.parse(message.data);
        if (event.type === "words") onWords(event.text);
        if (event.type === "answer" || event.type === "problem") end(event);
      },
      { signal: listening.signal },
    );
    open.send(JSON.stringify(question));
  });
}
