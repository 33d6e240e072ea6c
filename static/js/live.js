// Follows an inventory's seats over a WebSocket and tells what changes. After a break it resumes from the last place it
// knows: what was missed arrives, or else a whole map.
//
// A place is an index in a log. A seat store that was restored writes another log, whose indices say nothing of the old
// one: its map counts, however old it seems.

import { keepOpen } from "./reconnecting.js";

export function follow(inventory, { index, log }, { onMap, onChanges, onLive }) {
  function address() {
    const query = index > 0 ? `?since=${index}&log=${encodeURIComponent(log)}` : "";
    return `/ws/seat-maps/${encodeURIComponent(inventory)}/${query}`;
  }

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

  keepOpen(address, {
    // Without any map yet, the store does not answer: that is not live.
    onOpen: () => {
      if (index > 0) onLive(true);
    },
    onMessage: receive,
    onLost: () => onLive(false),
  });
}
