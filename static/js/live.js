// Follows an inventory's seats over a WebSocket and tells what changes. After a break it comes back by itself, later each
// time, and resumes from the last index it knows: what was missed arrives, or else a whole map.

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 20_000;
const UNKNOWN_INVENTORY = 4004;

export function follow(inventory, since, { onMap, onChanges, onLive }) {
  let index = since;
  let pause = FIRST_PAUSE_MS;

  function receive(message) {
    // A node that lags may tell what is known already.
    if (message.index <= index && message.type === "changes") return;
    if (message.index < index) return;
    index = message.index;
    if (message.type === "map") onMap(message);
    else onChanges(message.seats);
    onLive(true);
  }

  function connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const query = index > 0 ? `?since=${index}` : "";
    const socket = new WebSocket(`${scheme}//${location.host}/ws/seat-maps/${encodeURIComponent(inventory)}/${query}`);
    socket.addEventListener("open", () => {
      pause = FIRST_PAUSE_MS;
      // Without any map yet, the store does not answer: that is not live.
      if (index > 0) onLive(true);
    });
    socket.addEventListener("message", (event) => receive(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      onLive(false);
      if (event.code === UNKNOWN_INVENTORY) return;
      // Everybody loses a server at the same moment; nobody should come back at the same moment.
      setTimeout(connect, pause * (0.5 + Math.random()));
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
    });
  }

  connect();
}
