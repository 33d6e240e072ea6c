// Keys in a drawing. One seat at a time can be reached with Tab; arrows go to the nearest seat in their direction, within
// a row or to the next one; Home and End to the ends of a row, with Ctrl to the first and last seat; Page up and down
// five rows. Space and Enter choose. Plus, minus and zero zoom.

const ROWS_A_PAGE = 5;

export class GridKeys {
  constructor(viewport, { choose, centreOf }) {
    Object.assign(this, { viewport, choose, centreOf });
    this.current = null;
    viewport.box.addEventListener("keydown", (event) => this.#press(event));
    viewport.box.addEventListener("focusin", (event) => {
      const seat = this.drawing?.seatAt(event);
      if (seat) this.makeCurrent(seat);
    });
  }

  // Begin in another drawing, at the first seat that can be had.
  enter(drawing) {
    this.drawing = drawing;
    this.current = null;
    const { seats } = drawing.section;
    this.makeCurrent(seats.find((seat) => seat.state === "free") ?? seats[0]);
  }

  makeCurrent(seat) {
    if (this.current) this.drawing.cellOf(this.current).tabIndex = -1;
    this.current = seat;
    this.drawing.cellOf(seat).tabIndex = 0;
  }

  #go(seat) {
    this.makeCurrent(seat);
    this.viewport.reveal(this.centreOf(seat));
    this.drawing.cellOf(seat).focus({ preventScroll: true });
  }

  #press(event) {
    if (event.altKey || event.metaKey || !this.drawing?.seatAt(event)) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.choose(this.current);
      return;
    }
    if (this.#zooms(event.key)) {
      event.preventDefault();
      this.viewport.reveal(this.centreOf(this.current));
      return;
    }
    const target = this.#target(event.key, event.ctrlKey);
    // At the edge the box must not scroll away from under the seat.
    if (target !== undefined) event.preventDefault();
    if (target) this.#go(target);
  }

  #zooms(key) {
    if (key === "+" || key === "=") this.viewport.zoomBy(1);
    else if (key === "-") this.viewport.zoomBy(-1);
    else if (key === "0") this.viewport.showWhole();
    else return false;
    return true;
  }

  // Undefined for a key that is none of the drawing's; null where there is no seat that way.
  #target(key, control) {
    const { row, at } = this.current;
    const { rows } = row.section;
    switch (key) {
      case "ArrowLeft": return row.seats[at - 1] ?? null;
      case "ArrowRight": return row.seats[at + 1] ?? null;
      case "ArrowUp": return this.#nearest(rows[row.number - 1]);
      case "ArrowDown": return this.#nearest(rows[row.number + 1]);
      case "PageUp": return this.#nearest(rows[Math.max(0, row.number - ROWS_A_PAGE)]);
      case "PageDown": return this.#nearest(rows[Math.min(rows.length - 1, row.number + ROWS_A_PAGE)]);
      case "Home": return control ? rows[0].seats[0] : row.seats[0];
      case "End": return (control ? rows.at(-1) : row).seats.at(-1);
      default: return undefined;
    }
  }

  #nearest(row) {
    const away = (seat) => Math.abs(seat.x - this.current.x);
    return row?.seats.reduce((best, seat) => (away(seat) < away(best) ? seat : best)) ?? null;
  }
}
