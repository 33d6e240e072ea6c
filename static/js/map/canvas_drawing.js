// A hall of many thousand seats, painted on a canvas as large as the window onto it. Beside it lies a grid for keyboard
// and assistive technology: cells over the seats of the row that is looked at, and of no other.

import { PITCH, SEAT, cornerOf, sizeOf } from "./looks.js";
import { SeatPainter } from "./seat_painter.js";
import { Tiles } from "./tiles.js";

// A seat that others took or gave back stands out for so long.
const FLASH_MS = 900;

export class CanvasDrawing {
  constructor({ section, plan, zones, words, stage, isChosen }) {
    Object.assign(this, { section, plan, zones, words, isChosen });
    this.size = sizeOf(section, plan.kind);
    this.painter = new SeatPainter({ section, plan, zones, stage, isChosen, size: this.size });
    this.tiles = new Tiles({
      size: this.size,
      paint: (context, area, scale) => this.painter.paint(context, area, scale),
      changed: () => this.#draw(),
    });
    this.previewed = [];
    this.flashing = new Map();
    this.cells = new Map();
    this.#build();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#repaint());
  }

  #build() {
    this.element = document.createElement("div");
    this.element.className = "map-canvas";
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    this.grid = document.createElement("div");
    this.grid.className = "map-cells";
    this.grid.setAttribute("role", "grid");
    this.grid.setAttribute("aria-multiselectable", "true");
    this.grid.setAttribute("aria-label", this.words.say("grid", { title: this.words.titleOf(this.section) }));
    this.grid.setAttribute("aria-rowcount", this.section.rows.length);
    this.element.append(this.canvas, this.grid);
  }

  // --- Seats ---

  show(seat, { byOthers = false } = {}) {
    const { x, y } = cornerOf(seat, this.size);
    this.tiles.dirty({ x: x - PITCH, y: y - PITCH, width: 3 * PITCH, height: 3 * PITCH });
    if (byOthers) this.flashing.set(seat, performance.now() + FLASH_MS);
    this.#describe(seat);
    this.#draw();
  }

  preview(seats) {
    this.previewed = seats;
    this.#draw();
  }

  showZone(zone) {
    this.painter.shownZone = zone;
    this.#repaint();
  }

  seatAt(event) {
    const cell = event.target.closest?.("[data-seat]");
    if (cell) return this.plan.byName.get(cell.dataset.seat);
    if (event.clientX === undefined) return null;
    const rect = this.canvas.getBoundingClientRect();
    const x = (event.clientX - rect.left + this.left) / this.scale - this.size.left;
    const y = (event.clientY - rect.top + this.top) / this.scale - this.size.top;
    const [column, line] = [x / PITCH, y / PITCH];
    for (const row of this.section.rows) {
      if (line < row.top || line > row.bottom) continue;
      const found = row.seats.find((seat) => column >= seat.x && column < seat.x + 1 && line >= seat.y && line < seat.y + 1);
      if (found) return found;
    }
    return null;
  }

  // --- The grid beside it ---

  cellOf(seat) {
    if (!this.cells.has(seat)) this.#showRow(seat.row);
    return this.cells.get(seat);
  }

  #showRow(row) {
    this.cells.clear();
    const line = document.createElement("div");
    line.setAttribute("role", "row");
    line.setAttribute("aria-label", this.words.say("row", { row: row.label }));
    line.setAttribute("aria-rowindex", row.number + 1);
    for (const seat of row.seats) {
      const cell = document.createElement("div");
      cell.setAttribute("role", "gridcell");
      cell.dataset.seat = seat.name;
      cell.tabIndex = -1;
      this.cells.set(seat, cell);
      this.#describe(seat);
      line.append(cell);
    }
    this.grid.replaceChildren(line);
    this.#placeCells();
  }

  #describe(seat) {
    const cell = this.cells.get(seat);
    if (!cell) return;
    cell.dataset.state = seat.state;
    cell.setAttribute("aria-selected", String(this.isChosen(seat)));
    cell.setAttribute("aria-disabled", String(seat.state !== "free"));
    cell.setAttribute("aria-label", this.words.nameOf(seat));
  }

  #placeCells() {
    if (!this.scale) return;
    for (const [seat, cell] of this.cells) {
      const { x, y } = cornerOf(seat, this.size);
      Object.assign(cell.style, {
        left: `${this.origin.x + x * this.scale}px`,
        top: `${this.origin.y + y * this.scale}px`,
        width: `${SEAT * this.scale}px`,
        height: `${SEAT * this.scale}px`,
      });
    }
  }

  // --- Painting ---

  // `x`, `y`: where the drawing begins in its room. `left`, `top`, `width`, `height`: what of the room is seen.
  place({ scale, x, y, left, top, width, height }) {
    this.scale = scale;
    this.origin = { x, y };
    const ratio = devicePixelRatio;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio)) {
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.canvas.style.inlineSize = `${width}px`;
      this.canvas.style.blockSize = `${height}px`;
    }
    this.tiles.setScale(scale * ratio);
    this.#placeCells();
    this.scrolled({ left, top });
  }

  scrolled({ left, top }) {
    this.left = left - this.origin.x;
    this.top = top - this.origin.y;
    this.#draw();
  }

  #repaint() {
    this.painter.readColours();
    this.tiles.clear();
    this.#draw();
  }

  // Once a frame, whatever happened in it.
  #draw() {
    if (this.frame || !this.scale) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      const unfinished = !this.#paint();
      if (unfinished || this.flashing.size) this.#draw();
    });
  }

  #paint() {
    const ratio = devicePixelRatio;
    const context = this.canvas.getContext("2d");
    const seen = { left: this.left * ratio, top: this.top * ratio, width: this.canvas.width, height: this.canvas.height };
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const complete = this.tiles.draw(context, seen);
    context.setTransform(this.scale * ratio, 0, 0, this.scale * ratio, -seen.left, -seen.top);
    this.#outline(context, this.previewed, this.painter.ink);
    const now = performance.now();
    for (const [seat, until] of this.flashing) if (until < now) this.flashing.delete(seat);
    this.#outline(context, this.flashing.keys(), this.painter.muted);
    return complete;
  }

  #outline(context, seats, colour) {
    context.strokeStyle = colour;
    context.lineWidth = Math.max(3, 2 / this.scale);
    for (const seat of seats) {
      const { x, y } = cornerOf(seat, this.size);
      context.strokeRect(x - 1, y - 1, SEAT + 2, SEAT + 2);
    }
  }
}
