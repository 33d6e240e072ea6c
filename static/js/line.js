// Watches a waiting room's line over a WebSocket. After a break it comes back by itself, later each time.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
const NO_SUCH_LINE = 4004;

export function watchLine(inventory, { onLine, onGone, onLive }) {
  let pause = FIRST_PAUSE_MS;

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/waiting-rooms/${encodeURIComponent(inventory)}/`);
    socket.addEventListener("message", (event) => {
      pause = FIRST_PAUSE_MS;
      onLive(true);
      onLine(JSON.parse(event.data));
    });
    socket.addEventListener("close", (event) => {
      onLive(false);
      if (event.code === NO_SUCH_LINE) {
        onGone();
        return;
      }
      // Everybody loses a server at the same moment; nobody should come back at the same moment.
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  connect();
}
