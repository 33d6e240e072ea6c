// Keeps a WebSocket of the site open: after a break it comes back by itself, later each time, unless told never to.

const FIRST_PAUSE_MS = 500;
// Whoever looks is back within five seconds after the server is, with the half more that chance may add; and after a
// restart, which takes about as long, within ten of its beginning.
const LONGEST_PAUSE_MS = 3_000;
// A socket that held for so long was no failed attempt.
const STEADY_MS = 10_000;
const NO_SUCH_THING = 4004;

// `address` is asked before each attempt for path and query; `onGone` is called when there is nothing to come back to.
export function keepOpen(address, { onOpen = () => {}, onMessage, onLost, onGone = () => {} }) {
  let pause = FIRST_PAUSE_MS;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}${address()}`);
    let openedAt = Infinity;
    socket.addEventListener("open", () => {
      openedAt = performance.now();
      onOpen();
    });
    socket.addEventListener("message", (event) => onMessage(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      onLost();
      if (event.code === NO_SUCH_THING) {
        onGone();
        return;
      }
      if (performance.now() - openedAt >= STEADY_MS) pause = FIRST_PAUSE_MS;
      // Everybody loses a server at the same moment; nobody should come back at the same moment.
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  connect();
}
