// Follows an inventory's seats over a WebSocket and tells what changes. After a break it comes back by itself, later each
// time, and resumes from the last place it knows: what was missed arrives, or else a whole map.
//
// A place is an index in a log. A seat store that was restored writes another log, whose indices say nothing of the old
// one: its map counts, however old it seems.

const FIRST_PAUSE_MS = 500;
// Whoever looks at a map is back within ten seconds after its server is, with the half more that chance may add.
const LONGEST_PAUSE_MS = 5_000;
// A socket that held for so long was no failed attempt.
const STEADY_MS = 10_000;
const UNKNOWN_INVENTORY = 4004;

export function follow(inventory, { index, log }, { onMap, onChanges, onLive }) {
  let pause = FIRST_PAUSE_MS;

  function receive(message) {
    if (message.log === log) {
      // A node that lags may tell what is known already.
      if (message.index <= index && message.type === "changes") return;
      if (message.index < index) return;
    } else if (message.type === "changes") {
      // They belong to a map that is not here.
      return;
    }
    ({ index, log } = message);
    if (message.type === "map") onMap(message);
    else onChanges(message.seats);
    onLive(true);
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = index > 0 ? `?since=${index}&log=${encodeURIComponent(log)}` : "";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/seat-maps/${encodeURIComponent(inventory)}/${query}`);
    let openedAt = Infinity;
    socket.addEventListener("open", () => {
      openedAt = performance.now();
      // Without any map yet, the store does not answer: that is not live.
      if (index > 0) onLive(true);
    });
    socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      onLive(false);
      if (event.code === UNKNOWN_INVENTORY) return;
      if (performance.now() - openedAt >= STEADY_MS) pause = FIRST_PAUSE_MS;
      // Everybody loses a server at the same moment; nobody should come back at the same moment.
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  connect();
}
