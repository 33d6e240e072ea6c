// What both drawings of a section share: how large it is, where a seat lies in it, and the stage. A drawing's own unit is
// a pixel at scale 1; the viewport scales it.

export const PITCH = 30;
export const SEAT = 26;
// From here on, in pixels on the screen between two seats, there is room for a number.
export const LABELLED_FROM = 22;
// And from here on rows' names do not run into each other.
export const ROWS_NAMED_FROM = 8;

// Seats' room around the outermost: for rows' names, and for the stage in front.
const AROUND = { train: { side: 0.7, front: 0.7, back: 0.7 }, show: { side: 2, front: 3.4, back: 1 } };

export function sizeOf(section, kind) {
  const { side, front, back } = AROUND[kind];
  return {
    width: (section.width + 2 * side) * PITCH,
    height: (section.height + front + back) * PITCH,
    left: side * PITCH,
    top: front * PITCH,
  };
}

// The upper left corner of a seat.
export function cornerOf(seat, size) {
  const inset = (PITCH - SEAT) / 2;
  return { x: size.left + seat.x * PITCH + inset, y: size.top + seat.y * PITCH + inset };
}

// Where a row's name is written, on both sides.
export function rowEnds(row, size) {
  const [first, last] = [row.seats[0], row.seats.at(-1)].map((seat) => cornerOf(seat, size));
  return [
    { x: first.x - PITCH * 0.7, y: first.y + SEAT / 2 },
    { x: last.x + SEAT + PITCH * 0.7, y: last.y + SEAT / 2 },
  ];
}

// A stage is a third as wide as the hall, and its front edge is narrower.
export function stageOf(size) {
  const middle = size.width / 2;
  const half = Math.min(size.width / 2 - PITCH, Math.max(5 * PITCH, size.width / 6));
  return [
    [middle - half, 0.4 * PITCH],
    [middle + half, 0.4 * PITCH],
    [middle + half - PITCH, 1.7 * PITCH],
    [middle - half + PITCH, 1.7 * PITCH],
  ];
}

// Words on the stage and rows' names stay readable however small the whole is.
export function wordSize(scale) {
  return Math.min(4 * PITCH, Math.max(13, 12 / scale));
}
