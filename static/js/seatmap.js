// Makes a seat map from its plan: a drawing that can be chosen from with mouse, finger and keyboard, coaches as tabs,
// prices that show where they are, the sum, and changes that others make.

import { standingAreas } from "./areas.js";
import { Coaches } from "./coaches.js";
import { follow } from "./live.js";
import { CanvasDrawing } from "./map/canvas_drawing.js";
import { Choice } from "./map/choice.js";
import { Counts } from "./map/counts.js";
import { GridKeys } from "./map/grid_keys.js";
import { Journey } from "./map/journey.js";
import { PITCH, cornerOf } from "./map/looks.js";
import { Lost } from "./map/lost.js";
import { Plan, loadPlan, sideBySide } from "./map/plan.js";
import { SvgDrawing } from "./map/svg_drawing.js";
import { Viewport } from "./map/viewport.js";
import { Words } from "./map/words.js";
import { passengersOf } from "./passengers.js";

// Up to here every seat is an element of the page; beyond, it is painted.
const MOST_ELEMENTS = 2_000;
// Seats closer together than this, in pixels, are too small to be hit: a click looks closer instead.
const HIT_FROM = { mouse: 9, pen: 14, touch: 18 };
const LOOK_CLOSER = 26;

class SeatMap {
  constructor(form, plan) {
    const { dataset } = form;
    const language = document.documentElement.lang || "en";
    Object.assign(this, { form, plan, zones: JSON.parse(dataset.zones) });
    this.words = new Words(JSON.parse(dataset.words), plan, this.zones, language);
    this.onSale = dataset.onSale === "yes";
    this.journey = new Journey(dataset.firstLeg, dataset.endLeg);
    this.areas = standingAreas(form, this.words);
    const most = Number(dataset.most);
    const { currency } = dataset;
    const { words, zones, areas } = this;
    this.passengers = passengersOf(form);
    this.choice = new Choice({ form, words, zones, areas, passengers: this.passengers, most, currency, language });
    this.counts = new Counts(form, plan, this.areas, this.words);
    this.lost = new Lost(form, this.words, (names) => this.takeInstead(names));
    // Seats that are given in exchange stay free to who gives them.
    this.own = new Set(dataset.own.split(","));
    this.drawings = new Map();
    this.sent = false;
    for (const name of chosenBefore(form)) if (plan.byName.has(name)) this.choice.seats.add(plan.byName.get(name));
    if (plan.sections.length) this.#build();
    form.addEventListener("input", (event) => this.#counted(event.target));
    form.addEventListener("submit", (event) => this.#submit(event));
    this.choice.show();
    this.counts.show();
  }

  #build() {
    const container = this.form.querySelector("[data-map]");
    this.stage = container.dataset.stage;
    this.viewport = new Viewport(container);
    const centreOf = (seat) => {
      const { x, y } = cornerOf(seat, this.drawing.size);
      return { x: x + PITCH / 2, y: y + PITCH / 2 };
    };
    this.keys = new GridKeys(this.viewport, { choose: (seat) => this.toggle(seat), centreOf });
    this.together = this.form.querySelector("[data-together]");
    this.coaches = new Coaches(this.form, (key) => this.look(key));
    this.#listen();
    this.coaches.begin(this.form.dataset.first);
  }

  #listen() {
    const { box } = this.viewport;
    box.addEventListener("click", (event) => this.#click(event));
    box.addEventListener("pointermove", (event) => this.#hover(event));
    box.addEventListener("pointerleave", () => this.drawing.preview([]));
    for (const button of this.form.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => {
        if (button.dataset.zoom === "whole") this.viewport.showWhole();
        else this.viewport.zoomBy(button.dataset.zoom === "in" ? 1 : -1);
      });
    }
    for (const tab of this.form.querySelectorAll("[data-zone-tab]")) {
      tab.addEventListener("click", () => this.#showZone(tab));
    }
  }

  // --- What is looked at ---

  look(key) {
    const section = this.plan.sections.find((one) => one.key === key) ?? this.plan.sections[0];
    if (!this.drawings.has(section)) this.drawings.set(section, this.#draw(section));
    this.drawing = this.drawings.get(section);
    this.viewport.show(this.drawing);
    this.keys.enter(this.drawing);
    this.counts.lookAt(section);
  }

  #draw(section) {
    const Drawing = section.seats.length > MOST_ELEMENTS ? CanvasDrawing : SvgDrawing;
    const { plan, zones, words, stage } = this;
    return new Drawing({ section, plan, zones, words, stage, isChosen: (seat) => this.choice.has(seat) });
  }

  // One class of a train: its coaches. One zone of a hall: its seats stand out, until it is asked for again.
  #showZone(tab) {
    const wasShown = tab.getAttribute("aria-pressed") === "true";
    const code = wasShown ? "" : tab.dataset.zoneTab;
    for (const other of this.form.querySelectorAll("[data-zone-tab]")) {
      other.setAttribute("aria-pressed", String(other.dataset.zoneTab === code));
    }
    if (this.plan.kind === "train") this.coaches.showClass(code);
    else this.drawing?.showZone(code ? this.plan.zones.indexOf(code) : null);
  }

  // --- Choosing ---

  #click(event) {
    if (this.viewport.dragged) return;
    const hit = HIT_FROM[event.pointerType] ?? HIT_FROM.mouse;
    const seat = this.drawing.seatAt(event);
    // A click without a place comes from assistive technology, and means the seat.
    if (event.detail > 0 && this.viewport.pitch < hit) {
      const rect = this.viewport.box.getBoundingClientRect();
      this.viewport.zoomTo(LOOK_CLOSER / PITCH, { x: event.clientX - rect.left, y: event.clientY - rect.top });
      return;
    }
    if (!seat) return;
    this.keys.makeCurrent(seat);
    this.drawing.cellOf(seat).focus({ preventScroll: true });
    this.toggle(seat);
  }

  #hover(event) {
    if (event.pointerType !== "mouse" || event.buttons) return;
    const seat = this.viewport.pitch < HIT_FROM.mouse ? null : this.drawing.seatAt(event);
    if (seat === this.hovered) return;
    this.hovered = seat;
    this.viewport.box.title = seat ? this.words.nameOf(seat) : "";
    const isOne = !seat || this.choice.has(seat) || this.howMany === 1;
    this.drawing.preview(isOne ? [] : sideBySide(seat, this.howMany));
  }

  get howMany() {
    return Number(this.together?.value ?? 1);
  }

  toggle(seat) {
    if (this.choice.has(seat)) this.#remove([seat]);
    else if (seat.state !== "free" || !this.onSale) this.say(this.words.nameOf(seat));
    else if (this.howMany > 1) this.#chooseTogether(seat);
    else this.#add([seat]);
  }

  // Seats side by side move with the click.
  #chooseTogether(seat) {
    const count = this.howMany;
    const found = sideBySide(seat, count);
    if (!found.length) {
      const sentence = this.words.say("notSideBySide", { count });
      this.choice.complain(sentence);
      this.say(sentence);
      return;
    }
    if (!this.choice.hasRoomFor(count) || this.choice.seats.size === count) this.#drop([...this.choice.seats]);
    this.#add(found);
  }

  #add(seats) {
    if (!this.choice.hasRoomFor(seats.length)) {
      const sentence = this.words.say("atMost", { count: this.choice.most });
      this.choice.complain(sentence);
      this.say(sentence);
      return;
    }
    for (const seat of seats) this.choice.seats.add(seat);
    this.#redraw(seats);
    this.#tellChoice("chosen", seats);
  }

  #remove(seats) {
    this.#drop(seats);
    this.#tellChoice("notChosen", seats);
  }

  #drop(seats) {
    for (const seat of seats) this.choice.seats.delete(seat);
    this.#redraw(seats);
  }

  #tellChoice(what, seats) {
    this.choice.show();
    this.say(`${this.words.say(what, { seats: seats.map((seat) => seat.name).join(", ") })} ${this.choice.inWords()}`);
  }

  #redraw(seats, how) {
    for (const seat of seats) this.drawings.get(seat.section)?.show(seat, how);
  }

  // The next best, offered when others were faster: for the whole party.
  takeInstead(names) {
    this.#drop([...this.choice.seats]);
    const seats = names.map((name) => this.plan.byName.get(name)).filter((seat) => seat?.state === "free");
    if (seats.length) this.coaches.select(seats[0].section.key);
    this.#add(seats);
  }

  // Standing places are chosen by number: as many as fit into one order beside the seats. So are those who pay less.
  #counted(input) {
    if (this.passengers.has(input)) {
      this.choice.show();
      this.say(this.choice.inWords());
    }
    const area = this.areas.find((one) => one.input === input);
    if (!area) return;
    area.limit(this.choice.most - this.choice.count + area.count);
    this.choice.show();
    this.say(`${this.words.say("inArea", { count: area.count, area: area.title })} ${this.choice.inWords()}`);
  }

  #submit(event) {
    if (!this.choice.count) {
      event.preventDefault();
      const sentence = this.words.say("chooseFirst");
      this.choice.complain(sentence);
      this.say(sentence);
    } else if (this.sent) event.preventDefault();
    this.sent ||= this.choice.count > 0;
  }

  say(sentence) {
    this.form.querySelector("[data-announce]").textContent = sentence;
  }

  // --- What others do ---

  takeMap({ held, sold }) {
    for (const notice of document.querySelectorAll("[data-store-away]")) notice.hidden = true;
    const names = [...this.plan.byName.keys(), ...this.areas.flatMap((area) => area.names)];
    this.takeChanges(names.map((name) => [name, held[name] ?? "0", sold[name] ?? "0"]), { byOthers: false });
  }

  takeChanges(changes, how = { byOthers: true }) {
    const lost = [];
    for (const [name, held, sold] of changes) {
      const state = this.journey.stateOf(held, sold);
      for (const area of this.areas) area.take(name, state === "free");
      const seat = this.plan.byName.get(name);
      // What has no price is not for sale, whatever the store says of it.
      if (!seat || seat.state === state || this.own.has(name) || this.zones[seat.zone].price === null) continue;
      // The order that this page has just sent takes its own seats.
      if (this.choice.has(seat) && this.sent) continue;
      if (this.choice.has(seat)) lost.push(seat);
      this.counts.change(seat, state);
      seat.state = state;
      this.#redraw([seat], how);
    }
    if (lost.length) {
      this.#drop(lost);
      this.lost.tell(lost, [...this.choice.seats]);
    }
    for (const area of this.areas) if (!this.sent && area.limit()) this.lost.tellFewer(area);
    this.choice.show();
    this.counts.show();
  }
}

// By the address, and by ticks in the list, which is there when the drawing is late.
function chosenBefore(form) {
  const ticked = [...form.querySelectorAll("[data-list] input[name=seats]:checked")];
  return [...form.dataset.seats.split(","), ...ticked.map((box) => box.value)];
}

function showLive(form, words, live) {
  const element = form.querySelector("[data-live]");
  element.hidden = false;
  element.dataset.on = live ? "yes" : "no";
  element.textContent = words.say(live ? "live" : "notLive");
}

function openWhenWide() {
  const wide = matchMedia("(min-width: 68rem)").matches;
  for (const details of document.querySelectorAll("details[data-open-when-wide]")) details.open = wide;
}

async function begin(form) {
  const plan = new Plan(await loadPlan(form.dataset.plan), form.dataset.states);
  const map = new SeatMap(form, plan);
  form.classList.add("drawn");
  form.querySelector("[data-list]")?.remove();
  const { inventory, known, index, log } = form.dataset;
  follow(inventory, known === "yes" ? { index: Number(index), log } : { index: 0, log: "" }, {
    onMap: (message) => map.takeMap(message),
    onChanges: (changes) => map.takeChanges(changes),
    onLive: (live) => showLive(form, map.words, live),
  });
}

openWhenWide();
const form = document.querySelector("[data-seat-map]");
if (form) {
  // The list does without a plan.
  begin(form).catch((error) => {
    form.classList.add("without-drawing");
    throw error;
  });
  // A page that the browser kept knows nothing of what happened since.
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });
}
