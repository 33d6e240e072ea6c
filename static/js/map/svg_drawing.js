// A coach or a hall of up to some 2,000 seats, drawn as SVG: every seat is an element, a cell of a grid that assistive
// technology reads. How a state looks is in seatmap.css.

import { LABELLED_FROM, PITCH, ROWS_NAMED_FROM, SEAT, cornerOf, rowEnds, sizeOf, stageOf, wordSize } from "./looks.js";

const SVG = "http://www.w3.org/2000/svg";

export class SvgDrawing {
  constructor({ section, plan, zones, words, stage, isChosen }) {
    Object.assign(this, { section, plan, zones, words, isChosen });
    this.size = sizeOf(section, plan.kind);
    this.cells = new Map();
    this.element = make("svg", {
      class: "seats",
      role: "grid",
      "aria-multiselectable": "true",
      "aria-label": words.say("grid", { title: words.titleOf(section) }),
      viewBox: `0 0 ${this.size.width} ${this.size.height}`,
    });
    this.decoration = make("g", { "aria-hidden": "true" }, this.element);
    if (plan.kind === "train") this.#shell();
    else this.#stage(stage);
    for (const row of section.rows) this.#row(row);
    this.labelled = false;
  }

  #shell() {
    const { width, height } = this.size;
    make("rect", { class: "shell", x: 3, y: 3, width: width - 6, height: height - 6, rx: 14 }, this.decoration);
  }

  #stage(word) {
    make("path", { class: "stage", d: `M${stageOf(this.size).map((point) => point.join(" ")).join("L")}z` }, this.decoration);
    this.#word(word, this.size.width / 2, 1.05 * PITCH, "stage-name");
    for (const row of this.section.rows) {
      for (const { x, y } of rowEnds(row, this.size)) this.#word(row.label, x, y, "row-name");
    }
  }

  #word(text, x, y, style) {
    make("text", { class: style, x, y }, this.decoration).textContent = text;
  }

  #row(row) {
    const group = make("g", { role: "row" }, this.element);
    if (row.label) group.setAttribute("aria-label", this.words.say("row", { row: row.label }));
    for (const seat of row.seats) {
      const { x, y } = cornerOf(seat, this.size);
      const cell = make("g", { role: "gridcell", "data-seat": seat.name, tabindex: "-1" }, group);
      cell.setAttribute("class", `seat z${this.zones[seat.zone].number}`);
      const round = this.plan.has(seat, "accessible") ? SEAT / 2 : 6;
      make("rect", { x, y, width: SEAT, height: SEAT, rx: round }, cell);
      if (this.plan.has(seat, "restricted")) {
        make("path", { class: "blind", d: `M${x + 5} ${y + SEAT - 5}l${SEAT - 10} -${SEAT - 10}` }, cell);
      }
      this.cells.set(seat, cell);
      this.show(seat);
    }
  }

  // What has become of a seat.
  show(seat, { byOthers = false } = {}) {
    const cell = this.cells.get(seat);
    const chosen = this.isChosen(seat);
    cell.dataset.state = seat.state;
    cell.classList.toggle("chosen", chosen);
    cell.setAttribute("aria-selected", String(chosen));
    cell.setAttribute("aria-disabled", String(seat.state !== "free"));
    cell.setAttribute("aria-label", this.words.nameOf(seat));
    const mark = cell.querySelector(".tick-mark");
    if (chosen && !mark) {
      const { x, y } = cornerOf(seat, this.size);
      make("path", { class: "tick-mark", d: `M${x + 7} ${y + 13.5}l4.5 4.5 8 -9` }, cell);
    } else if (!chosen) mark?.remove();
    if (byOthers) this.#flash(cell);
  }

  #flash(cell) {
    cell.classList.remove("changed");
    // Reading a size makes the browser begin the animation anew.
    cell.getBoundingClientRect();
    cell.classList.add("changed");
  }

  preview(seats) {
    for (const cell of this.element.querySelectorAll(".preview")) cell.classList.remove("preview");
    for (const seat of seats) this.cells.get(seat)?.classList.add("preview");
  }

  // Only the seats of one zone stand out, or all of them.
  showZone(number) {
    const name = number === null ? "" : `only-z${this.zones[number].number}`;
    this.element.setAttribute("class", `seats ${name}`);
  }

  place({ scale, x, y }) {
    this.element.setAttribute("width", this.size.width * scale);
    this.element.setAttribute("height", this.size.height * scale);
    this.element.style.marginInlineStart = `${x}px`;
    this.element.style.marginBlockStart = `${y}px`;
    for (const word of this.decoration.querySelectorAll("text")) word.setAttribute("font-size", wordSize(scale));
    const labelled = PITCH * scale >= LABELLED_FROM;
    if (labelled && !this.labelled) this.#label();
    this.element.toggleAttribute("data-labelled", labelled);
    this.element.toggleAttribute("data-small", PITCH * scale < ROWS_NAMED_FROM);
  }

  // Numbers of seats, once there is room for them.
  #label() {
    this.labelled = true;
    for (const [seat, cell] of this.cells) {
      const { x, y } = cornerOf(seat, this.size);
      make("text", { class: "seat-number", x: x + SEAT / 2, y: y + SEAT / 2 }, cell).textContent = seat.label;
    }
  }

  cellOf(seat) {
    return this.cells.get(seat);
  }

  seatAt(event) {
    const cell = event.target.closest?.("[data-seat]");
    return cell ? this.plan.byName.get(cell.dataset.seat) : null;
  }

  // The browser scrolls it.
  scrolled() {}
}

function make(name, attributes, parent) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  parent?.append(element);
  return element;
}
