// Makes the drawing of a seat map a control: ties each drawn seat to its checkbox in the list, which is what the form
// sends; arrow keys, sum, coaches as tabs, and changes that others make.

import { follow } from "./live.js";
import { tabs } from "./coaches.js";
import { arrowKeys } from "./arrows.js";
import { standingAreas } from "./areas.js";
import { passengersOf } from "./passengers.js";

const WORDS = { free: "free", held: "being bought", sold: "sold", unknown: "not known" };

class SeatMap {
  constructor(form) {
    this.form = form;
    this.most = Number(form.dataset.most);
    this.journey = (1n << BigInt(form.dataset.endLeg)) - (1n << BigInt(form.dataset.firstLeg));
    this.onSale = form.dataset.onSale === "yes";
    const currency = form.dataset.currency;
    this.money = new Intl.NumberFormat(currency === "INR" ? "en-IN" : "en", { style: "currency", currency });
    this.seats = new Map();
    this.sent = false;
    for (const shape of form.querySelectorAll("[data-seat]")) this.tie(shape);
    for (const drawing of form.querySelectorAll("svg.seats")) this.makeControl(drawing);
    this.coaches = tabs(form);
    this.areas = standingAreas(form);
    this.passengers = passengersOf(form);
    form.addEventListener("change", (event) => this.ticked(event.target));
    form.addEventListener("input", (event) => this.counted(event.target));
    form.addEventListener("submit", (event) => this.submit(event));
    this.showSum();
  }

  // --- Drawing and list ---

  tie(shape) {
    const name = shape.dataset.seat;
    const section = shape.closest("[data-section]").dataset.section;
    this.seats.set(name, { name, shape, section, state: shape.dataset.state, row: Number(shape.dataset.row) });
  }

  makeControl(drawing) {
    drawing.setAttribute("role", "group");
    const title = drawing.closest("[data-section]").querySelector("h2").firstChild.textContent.trim();
    drawing.setAttribute("aria-label", `${title}. Arrow keys move between seats, space chooses.`);
    const shapes = [...drawing.querySelectorAll("[data-seat]")];
    for (const shape of shapes) shape.setAttribute("role", "checkbox");
    for (const input of drawing.closest("[data-section]").querySelectorAll("input[name=seats]")) {
      const seat = this.seats.get(input.value);
      seat.input = input;
      seat.word = input.parentElement.querySelector("span");
      seat.price = Number(input.dataset.price);
      seat.zone = input.dataset.zone;
      seat.place = input.closest("fieldset").querySelector("legend").textContent;
      this.describe(seat);
    }
    drawing.addEventListener("click", (event) => {
      const shape = event.target.closest("[data-seat]");
      if (shape) this.toggle(this.seats.get(shape.dataset.seat));
    });
    // Only for the pointer, and only when it comes: 2,000 tooltips would be 2,000 elements more.
    drawing.addEventListener("pointerover", (event) => {
      const shape = event.target.closest("[data-seat]");
      if (shape) tooltipOf(shape).textContent = shape.getAttribute("aria-label");
    });
    fitToScreen(drawing);
    arrowKeys(drawing, shapes, (shape) => this.toggle(this.seats.get(shape.dataset.seat)));
  }

  describe(seat) {
    const { shape, input } = seat;
    shape.classList.toggle("chosen", input.checked);
    shape.setAttribute("aria-checked", String(input.checked));
    shape.setAttribute("aria-disabled", String(input.disabled));
    shape.setAttribute("aria-label", this.nameOf(seat));
  }

  // "Coach B1, seat 14, window, free, ₹420.00"
  nameOf(seat) {
    const text = seat.input.parentElement.textContent.trim().replace(/\s+/g, " ");
    return `${seat.place}, ${text.charAt(0).toLowerCase()}${text.slice(1)}`;
  }

  // --- Choosing ---

  toggle(seat) {
    if (seat.input.disabled) {
      this.say(this.nameOf(seat));
      return;
    }
    seat.input.checked = !seat.input.checked;
    this.ticked(seat.input);
  }

  ticked(input) {
    const seat = this.seats.get(input.value);
    if (input.name !== "seats" || !seat) return;
    if (input.checked && this.howMany() > this.most) {
      input.checked = false;
      this.say(`One order can have at most ${this.most} seats.`);
      this.form.querySelector("[data-chosen]").textContent = `At most ${this.most} seats in one order.`;
    } else {
      this.showSum();
      this.say(`${seat.name} ${input.checked ? "chosen" : "no longer chosen"}. ${this.sumInWords()}`);
    }
    this.describe(seat);
  }

  chosen() {
    return [...this.seats.values()].filter((seat) => seat.input.checked);
  }

  // Standing places are chosen by number: as many as fit into one order beside the seats. So are those who pay less.
  counted(input) {
    if (this.passengers.has(input)) {
      this.showSum();
      this.say(this.sumInWords());
    }
    const area = this.areas.find((one) => one.input === input);
    if (!area) return;
    area.limit(this.most - this.howMany() + area.count);
    this.showSum();
    this.say(`${area.count} in ${area.title}. ${this.sumInWords()}`);
  }

  howMany() {
    return this.chosen().length + this.areas.reduce((sum, area) => sum + area.count, 0);
  }

  sumInWords() {
    const number = this.howMany();
    return number ? `${number} seat${number > 1 ? "s" : ""}, ${this.total()}.` : "No seat chosen.";
  }

  total() {
    const seats = this.passengers.prices(this.chosen()).reduce((sum, price) => sum + price, 0);
    return this.money.format(this.areas.reduce((sum, area) => sum + area.count * area.price, seats));
  }

  showSum() {
    const standing = this.areas.filter((area) => area.count).map((area) => `${area.count} × ${area.title}`);
    const chosen = [...this.chosen().map((seat) => seat.name), ...standing];
    const text = chosen.length ? chosen.join(", ") : `Choose up to ${this.most} ${this.most > 1 ? "seats" : "seat"}.`;
    this.form.querySelector("[data-chosen]").textContent = text;
    this.form.querySelector("[data-total]").textContent = chosen.length ? this.total() : "";
  }

  submit(event) {
    if (!this.howMany()) {
      event.preventDefault();
      this.form.querySelector("[data-chosen]").textContent = "Choose at least one seat first.";
      this.say("Choose at least one seat first.");
    } else if (this.sent) {
      event.preventDefault();
    }
    this.sent ||= this.howMany() > 0;
  }

  say(sentence) {
    this.form.querySelector("[data-announce]").textContent = sentence;
  }

  // --- What others do ---

  // A mask comes in hexadecimal: it has a bit for each leg, and a number is exact to 53 bits only.
  overlaps(mask) {
    return (BigInt(`0x${mask}`) & this.journey) !== 0n;
  }

  stateOf(held, sold) {
    if (this.overlaps(sold)) return "sold";
    return this.overlaps(held) ? "held" : "free";
  }

  takeMap({ held, sold }) {
    for (const notice of document.querySelectorAll("[data-store-away]")) notice.hidden = true;
    const changes = [...this.seats.keys()].map((name) => [name, held[name] ?? "0", sold[name] ?? "0"]);
    for (const area of this.areas) changes.push(...area.names.map((name) => [name, held[name] ?? "0", sold[name] ?? "0"]));
    this.takeChanges(changes);
  }

  takeChanges(changes) {
    const lost = [];
    for (const [name, held, sold] of changes) {
      const seat = this.seats.get(name);
      const state = this.stateOf(held, sold);
      for (const area of this.areas) area.take(name, state === "free");
      if (!seat || seat.state === state) continue;
      // The order that this page has just sent takes its own seats.
      if (seat.input.checked && this.sent) continue;
      if (seat.input.checked) lost.push(name);
      this.setState(seat, state);
    }
    if (lost.length) this.tellLost(lost);
    for (const area of this.areas) if (!this.sent && area.limit()) this.tellFewer(area);
    this.showSum();
    this.showFree();
  }

  setState(seat, state) {
    seat.state = state;
    seat.shape.dataset.state = state;
    seat.word.textContent = WORDS[state];
    seat.input.disabled = state !== "free" || !this.onSale;
    if (state !== "free") seat.input.checked = false;
    this.describe(seat);
  }

  tellLost(names) {
    const notice = this.form.querySelector("[data-lost]");
    notice.textContent = `${names.join(", ")} ${names.length > 1 ? "were" : "was"} taken by somebody else a moment ago. The rest of your choice is kept.`;
    notice.hidden = false;
  }

  tellFewer(area) {
    const notice = this.form.querySelector("[data-lost]");
    notice.textContent = `Only ${area.free} left in ${area.title}: others were faster.`;
    notice.hidden = false;
  }

  showFree() {
    const free = { section: {}, zone: {} };
    const total = {};
    for (const seat of this.seats.values()) {
      const one = seat.state === "free" ? 1 : 0;
      free.section[seat.section] = (free.section[seat.section] ?? 0) + one;
      free.zone[seat.zone] = (free.zone[seat.zone] ?? 0) + one;
      total[seat.section] = (total[seat.section] ?? 0) + 1;
    }
    for (const area of this.areas) {
      free.zone[area.zone] = (free.zone[area.zone] ?? 0) + area.free;
      area.showFree();
    }
    for (const element of this.form.querySelectorAll("[data-free-short]")) {
      element.textContent = `${free.section[element.dataset.freeShort]} free`;
    }
    for (const element of this.form.querySelectorAll("[data-free-long]")) {
      const section = element.dataset.freeLong;
      element.textContent = `${free.section[section]} of ${total[section]} seats free`;
    }
    for (const element of this.form.querySelectorAll("[data-free-zone]")) {
      element.textContent = `${free.zone[element.dataset.freeZone] ?? 0} left`;
    }
  }
}

function tooltipOf(shape) {
  const tooltip = shape.querySelector("title") ?? document.createElementNS("http://www.w3.org/2000/svg", "title");
  if (!tooltip.parentNode) shape.prepend(tooltip);
  return tooltip;
}

// A hall wider than the screen opens at its middle, in front of the stage, and can be looked at as a whole.
function fitToScreen(drawing) {
  const box = drawing.parentElement;
  const centre = () => {
    box.scrollLeft = (box.scrollWidth - box.clientWidth) / 2;
  };
  const times = box.scrollWidth / box.clientWidth;
  if (times > 1 && times < 1.2) drawing.classList.add("whole");
  centre();
  const button = drawing.closest("[data-section]").querySelector("[data-whole]");
  if (!button) return;
  button.hidden = times < 1.2;
  button.addEventListener("click", () => {
    button.setAttribute("aria-pressed", String(drawing.classList.toggle("whole")));
    centre();
  });
}

function showLive(form, live) {
  const element = form.querySelector("[data-live]");
  element.hidden = false;
  element.dataset.on = live ? "yes" : "no";
  element.textContent = live ? "Live: what others take or give back shows here at once." : "Not live at the moment; trying again.";
}

const form = document.querySelector("[data-seat-map]");
if (form) {
  const map = new SeatMap(form);
  const { inventory, known, index, log } = form.dataset;
  follow(inventory, known === "yes" ? { index: Number(index), log } : { index: 0, log: "" }, {
    onMap: (message) => map.takeMap(message),
    onChanges: (changes) => map.takeChanges(changes),
    onLive: (live) => showLive(form, live),
  });
  // A page that the browser kept knows nothing of what happened since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
