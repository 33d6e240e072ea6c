// Watches a waiting room's line over a WebSocket.

import { keepOpen } from "./reconnecting.js";

export function watchLine(inventory, { onLine, onGone, onLive }) {
  keepOpen(() => `/ws/waiting-rooms/${encodeURIComponent(inventory)}/`, {
    onMessage: (message) => {
      onLive(true);
      onLine(message);
    },
    onLost: () => onLive(false),
    onGone,
  });
}
