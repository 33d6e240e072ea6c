// How seats look on a canvas: the same shapes and colours as in seatmap.css, in fewer strokes the smaller they are.

import { LABELLED_FROM, PITCH, ROWS_NAMED_FROM, SEAT, cornerOf, rowEnds, stageOf, wordSize } from "./looks.js";

// Below so many pixels between two seats there is no room for an edge, and for round corners.
const EDGED_FROM = 6;
const ROUND_FROM = 13;
const FAINT = 0.22;

export class SeatPainter {
  constructor({ section, plan, zones, size, stage, isChosen }) {
    Object.assign(this, { section, plan, zones, size, stage, isChosen });
    this.shownZone = null;
    this.readColours();
  }

  // As the style sheet has them just now: they differ between light and dark.
  readColours() {
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    this.fills = this.zones.map(({ number }) => colour(`--z${number}`));
    this.edges = this.zones.map(({ number }) => colour(`--z${number}-edge`));
    [this.ink, this.muted, this.surface] = ["--ink", "--muted", "--surface"].map(colour);
    [this.gone, this.line, this.soft] = ["--seat-gone", "--line-strong", "--accent-soft"].map(colour);
    this.font = getComputedStyle(document.body).fontFamily;
  }

  // Everything within an area of the drawing; `scale` is pixels of the screen to a unit of it.
  paint(context, area, scale) {
    const pitch = (PITCH * scale) / (globalThis.devicePixelRatio || 1);
    this.#paintStage(context, scale);
    for (const row of this.section.rows) {
      if (!this.#isSeen(row, area)) continue;
      if (pitch >= ROWS_NAMED_FROM) this.#nameRow(context, row, scale);
      for (const seat of row.seats) {
        const corner = cornerOf(seat, this.size);
        const out = corner.x > area.right || corner.x + SEAT < area.left || corner.y > area.bottom || corner.y + SEAT < area.top;
        if (!out) this.paintSeat(context, seat, corner, pitch);
      }
    }
    context.globalAlpha = 1;
  }

  #isSeen(row, area) {
    return this.size.top + row.bottom * PITCH >= area.top && this.size.top + row.top * PITCH <= area.bottom;
  }

  paintSeat(context, seat, { x, y }, pitch) {
    context.globalAlpha = this.shownZone === null || this.shownZone === seat.zone ? 1 : FAINT;
    if (this.isChosen(seat)) this.#paintChosen(context, x, y, pitch);
    else if (seat.state === "free") this.#paintFree(context, seat, x, y, pitch);
    else if (seat.state === "held") this.#paintHeld(context, x, y, pitch);
    else this.#box(context, this.gone, x + SEAT * 0.275, y + SEAT * 0.275, SEAT * 0.45, pitch, 2);
    const labelled = pitch >= LABELLED_FROM && seat.state !== "sold" && seat.state !== "unknown" && !this.isChosen(seat);
    if (labelled) this.#write(context, seat.label, x + SEAT / 2, y + SEAT / 2, 11, seat.state === "held" ? this.muted : this.ink, 600);
  }

  #paintFree(context, seat, x, y, pitch) {
    const radius = this.plan.has(seat, "accessible") ? SEAT / 2 : 6;
    if (pitch < EDGED_FROM) {
      // So small that a pale fill would not be seen: the edge's colour stands for the seat.
      this.#box(context, this.edges[seat.zone], x, y, SEAT, pitch, radius);
      return;
    }
    const edge = Math.max(1.5, (30 / pitch) * 0.9);
    this.#box(context, this.edges[seat.zone], x, y, SEAT, pitch, radius);
    this.#box(context, this.fills[seat.zone], x + edge, y + edge, SEAT - 2 * edge, pitch, radius - edge);
    if (this.plan.has(seat, "restricted")) this.#line(context, this.edges[seat.zone], [[x + 5, y + SEAT - 5], [x + SEAT - 5, y + 5]], 2);
  }

  #paintHeld(context, x, y, pitch) {
    if (pitch < EDGED_FROM) {
      this.#box(context, this.muted, x + SEAT * 0.2, y + SEAT * 0.2, SEAT * 0.6, pitch, 2);
      return;
    }
    context.setLineDash([5, 4]);
    context.strokeStyle = this.muted;
    context.lineWidth = Math.max(1.5, 30 / pitch);
    context.strokeRect(x + 2, y + 2, SEAT - 4, SEAT - 4);
    context.setLineDash([]);
  }

  #paintChosen(context, x, y, pitch) {
    // A choice is seen however small it is.
    const larger = pitch < ROUND_FROM ? 5 : 0;
    this.#box(context, this.ink, x - larger, y - larger, SEAT + 2 * larger, pitch, 6);
    this.#line(context, this.surface, [[x + 7, y + 13.5], [x + 11.5, y + 18], [x + 19.5, y + 9]], 3);
  }

  #box(context, colour, x, y, side, pitch, radius) {
    context.fillStyle = colour;
    if (pitch < ROUND_FROM) {
      context.fillRect(x, y, side, side);
      return;
    }
    context.beginPath();
    context.roundRect(x, y, side, side, Math.max(0, radius));
    context.fill();
  }

  #line(context, colour, points, width) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    points.forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.stroke();
  }

  #write(context, text, x, y, size, colour, weight = 400) {
    context.font = `${weight} ${size}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  #nameRow(context, row, scale) {
    const size = Math.min(wordSize(scale / (globalThis.devicePixelRatio || 1)), PITCH * 1.1);
    for (const { x, y } of rowEnds(row, this.size)) this.#write(context, row.label, x, y, size, this.muted);
  }

  #paintStage(context, scale) {
    context.fillStyle = this.soft;
    context.strokeStyle = this.line;
    context.lineWidth = 1 / scale;
    context.beginPath();
    stageOf(this.size).forEach(([x, y], at) => (at ? context.lineTo(x, y) : context.moveTo(x, y)));
    context.closePath();
    context.fill();
    context.stroke();
    const size = Math.min(wordSize(scale), PITCH * 1.2);
    this.#write(context, this.stage, this.size.width / 2, 1.05 * PITCH, size, this.muted);
  }
}
