// A window onto a drawing that may be larger: it scrolls as everything else does, so that wheel, finger, keyboard and
// scroll bars pan it; it is dragged with the mouse, and zoomed with buttons, keys, two fingers, or the wheel with Ctrl.

import { PITCH } from "./looks.js";

// Pixels between two seats: as large as anybody needs, and as large as a small hall is shown.
const LARGEST = 54;
const COMFORTABLE = 32;
// A drawing is shown whole at first if its seats are no smaller than this, else as wide as the window: a coach's seats
// have numbers to be read.
const WHOLE_FROM = { train: 24, show: 14 };
const STEP = 1.5;
const WHEEL_STEP = 0.0022;
// What the mouse moves less far is a click.
const DRAG_FROM_PX = 5;

export class Viewport {
  constructor(container) {
    this.box = document.createElement("div");
    this.box.className = "map-box";
    this.room = document.createElement("div");
    this.room.className = "map-room";
    this.box.append(this.room);
    container.append(this.box);
    this.scale = 1;
    this.dragged = false;
    this.box.addEventListener("scroll", () => this.drawing?.scrolled(this.window()), { passive: true });
    this.box.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#dragWithTheMouse();
    this.#pinch();
    new ResizeObserver(() => this.#resized()).observe(this.box);
  }

  show(drawing) {
    this.drawing = drawing;
    this.room.replaceChildren(drawing.element);
    this.#fitAtFirst();
  }

  // --- Scale ---

  get pitch() {
    return PITCH * this.scale;
  }

  whole() {
    const { width, height } = this.drawing.size;
    return Math.min(this.#comfortable, this.box.clientWidth / width, this.box.clientHeight / height);
  }

  get #comfortable() {
    return COMFORTABLE / PITCH;
  }

  #fitAtFirst() {
    const whole = this.whole();
    const wide = Math.min(this.#comfortable, this.box.clientWidth / this.drawing.size.width);
    this.untouched = true;
    this.#place(whole * PITCH >= WHOLE_FROM[this.drawing.plan.kind] ? whole : wide);
    this.box.scrollTo((this.room.clientWidth - this.box.clientWidth) / 2, 0);
  }

  showWhole() {
    this.zoomTo(this.whole());
  }

  zoomBy(steps) {
    this.zoomTo(this.scale * STEP ** steps);
  }

  // What is at this point of the box stays there; its middle, if none is named.
  zoomTo(wanted, at = { x: this.box.clientWidth / 2, y: this.box.clientHeight / 2 }) {
    const scale = Math.min(LARGEST / PITCH, Math.max(this.whole(), wanted));
    const before = this.origin();
    const point = {
      x: (this.box.scrollLeft + at.x - before.x) / this.scale,
      y: (this.box.scrollTop + at.y - before.y) / this.scale,
    };
    this.untouched = false;
    this.#place(scale);
    const after = this.origin();
    this.box.scrollTo({ left: point.x * scale + after.x - at.x, top: point.y * scale + after.y - at.y, behavior: "instant" });
    this.drawing.scrolled(this.window());
  }

  #place(scale) {
    this.scale = scale;
    const { width, height } = this.drawing.size;
    this.room.style.inlineSize = `${Math.max(this.box.clientWidth, Math.floor(width * scale))}px`;
    this.room.style.blockSize = `${Math.max(this.box.clientHeight, Math.floor(height * scale))}px`;
    this.drawing.place({ scale, ...this.origin(), ...this.window() });
  }

  // Where the drawing begins in its room: something small lies in the middle.
  origin() {
    const { width, height } = this.drawing.size;
    return {
      x: Math.max(0, (this.box.clientWidth - width * this.scale) / 2),
      y: Math.max(0, (this.box.clientHeight - height * this.scale) / 2),
    };
  }

  window() {
    const { scrollLeft: left, scrollTop: top, clientWidth: width, clientHeight: height } = this.box;
    return { left, top, width, height };
  }

  #resized() {
    if (!this.drawing) return;
    if (this.untouched) this.#fitAtFirst();
    else this.zoomTo(this.scale);
  }

  // --- Where ---

  // Scroll so far that a place of the drawing is seen, with some of what is around it.
  reveal({ x, y }) {
    const origin = this.origin();
    const around = 2 * this.pitch;
    for (const [at, edge, extent] of [
      [x * this.scale + origin.x, "scrollLeft", this.box.clientWidth],
      [y * this.scale + origin.y, "scrollTop", this.box.clientHeight],
    ]) {
      if (at - around < this.box[edge]) this.box[edge] = at - around;
      else if (at + around > this.box[edge] + extent) this.box[edge] = at + around - extent;
    }
  }

  // --- Wheel, mouse and fingers ---

  #wheel(event) {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const rect = this.box.getBoundingClientRect();
    const at = { x: event.clientX - rect.left, y: event.clientY - rect.top };
    this.zoomTo(this.scale * Math.exp(-event.deltaY * WHEEL_STEP), at);
  }

  #dragWithTheMouse() {
    let from = null;
    this.box.addEventListener("pointerdown", (event) => {
      this.dragged = false;
      if (event.pointerType !== "mouse" || event.button !== 0) return;
      from = { x: event.clientX, y: event.clientY, left: this.box.scrollLeft, top: this.box.scrollTop };
    });
    this.box.addEventListener("pointermove", (event) => {
      if (!from) return;
      const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
      if (!this.dragged && Math.hypot(dx, dy) < DRAG_FROM_PX) return;
      if (!this.dragged) this.box.setPointerCapture(event.pointerId);
      this.dragged = true;
      this.box.classList.add("dragged");
      this.box.scrollTo({ left: from.left - dx, top: from.top - dy, behavior: "instant" });
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.box.addEventListener(end, () => {
        from = null;
        this.box.classList.remove("dragged");
      });
    }
  }

  #pinch() {
    let before = null;
    const fingers = ({ touches: [one, other] }) => {
      const rect = this.box.getBoundingClientRect();
      return {
        apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
        x: (one.clientX + other.clientX) / 2 - rect.left,
        y: (one.clientY + other.clientY) / 2 - rect.top,
      };
    };
    this.box.addEventListener("touchstart", (event) => {
      before = event.touches.length === 2 ? fingers(event) : null;
    }, { passive: true });
    this.box.addEventListener("touchmove", (event) => {
      if (event.touches.length !== 2 || !before) return;
      event.preventDefault();
      const now = fingers(event);
      this.box.scrollBy({ left: before.x - now.x, top: before.y - now.y, behavior: "instant" });
      this.zoomTo((this.scale * now.apart) / before.apart, now);
      before = now;
      this.dragged = true;
    }, { passive: false });
  }
}
