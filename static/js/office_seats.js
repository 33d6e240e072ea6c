// The back office's seat map: choosing seats by click, and what changes while somebody looks. A change comes over the
// WebSocket and says only that a seat is taken or free; who is behind it is asked from the server a moment later.

import { follow } from "./live.js";

const ASK_AFTER_MS = 300;
const WRITTEN_AFTER_MS = 2_000;
const MOST_ASKED = 100;

class OfficeSeats {
  constructor(page) {
    this.page = page;
    // In the reader's language, with {places} to fill.
    this.words = JSON.parse(page.dataset.words);
    this.seats = new Map();
    this.chosen = new Set();
    this.unasked = new Set();
    this.asking = null;
    for (const shape of page.querySelectorAll("[data-seat]")) this.seats.set(shape.dataset.seat, shape);
    for (const map of page.querySelectorAll("svg.office-map")) map.addEventListener("click", (event) => this.click(event));
    page.querySelector("[data-find]").addEventListener("input", () => this.showRows());
    this.order = [...this.seats.keys()];
    this.masks = new Map();
    this.journey = (1n << BigInt(page.dataset.endLeg)) - (1n << BigInt(page.dataset.firstLeg));
  }

  // --- Choosing ---

  click(event) {
    const shape = event.target.closest("[data-seat]");
    if (!shape) return;
    const name = shape.dataset.seat;
    const target = this.page.querySelector("[data-target]");
    if (target && shape.dataset.state === "free") {
      target.value = name;
      this.say(this.words.newSeat.replace("{seat}", name));
      return;
    }
    if (!this.chosen.delete(name)) this.chosen.add(name);
    shape.classList.toggle("chosen", this.chosen.has(name));
    const names = this.order.filter((each) => this.chosen.has(each));
    for (const field of this.page.querySelectorAll("[data-chosen]")) field.value = names.join(", ");
    this.say(names.length ? this.words.chosen.replace("{seats}", names.join(", ")) : this.words.noneChosen);
    this.showRows();
  }

  say(sentence) {
    this.page.querySelector("[data-said]").textContent = sentence;
  }

  // The list shows the chosen seats, if any are, and what is looked for.
  showRows() {
    const wanted = this.page.querySelector("[data-find]").value.trim().toLowerCase();
    for (const row of this.page.querySelectorAll("[data-row]")) {
      const found = !wanted || row.textContent.toLowerCase().includes(wanted);
      row.hidden = !found || (this.chosen.size > 0 && !this.chosen.has(row.dataset.row));
    }
  }

  // --- What changes ---

  takeMap({ held, sold }) {
    this.masks.clear();
    for (const name of this.order) this.take(name, held[name] ?? "0", sold[name] ?? "0");
    this.askSoon();
  }

  takeChanges(changes) {
    for (const [name, held, sold] of changes) this.take(name, held, sold, true);
    this.askSoon();
  }

  take(name, held, sold, isNews = false) {
    const shape = this.seats.get(name);
    if (!shape) return;
    const overlaps = (mask) => (BigInt(`0x${mask}`) & this.journey) !== 0n;
    const state = overlaps(sold) ? "sold" : overlaps(held) ? "held" : "free";
    const known = shape.dataset.state === "blocked" ? "sold" : shape.dataset.state;
    if (state === known && !isNews) return;
    if (state !== known) this.show(shape, state);
    this.unasked.add(name);
    // The store's change is there before the order's own rows are.
    setTimeout(() => {
      this.unasked.add(name);
      this.askSoon();
    }, WRITTEN_AFTER_MS);
  }

  show(shape, state) {
    shape.dataset.state = state;
    shape.querySelector("title").textContent = `${shape.dataset.seat}, ${this.words.states[state]}`;
    this.count();
  }

  count() {
    const counts = {};
    for (const shape of this.seats.values()) counts[shape.dataset.state] = (counts[shape.dataset.state] ?? 0) + 1;
    for (const element of this.page.querySelectorAll("[data-count]")) {
      element.textContent = counts[element.dataset.count] ?? 0;
    }
  }

  askSoon() {
    if (this.unasked.size && this.asking === null) this.asking = setTimeout(() => this.ask(), ASK_AFTER_MS);
  }

  async ask() {
    const names = [...this.unasked].slice(0, MOST_ASKED);
    for (const name of names) this.unasked.delete(name);
    const { firstLeg, endLeg, who } = this.page.dataset;
    const query = new URLSearchParams([["first_leg", firstLeg], ["end_leg", endLeg], ...names.map((name) => ["seat", name])]);
    try {
      const answer = await fetch(`${who}?${query}`, { headers: { Accept: "application/json" } });
      if (answer.ok) this.takeAnswer(await answer.json());
    } catch {
      for (const name of names) this.unasked.add(name);
    }
    this.asking = null;
    this.askSoon();
  }

  takeAnswer(seats) {
    const body = this.page.querySelector("[data-who-table] tbody");
    for (const [name, { state, rows }] of Object.entries(seats)) {
      this.show(this.seats.get(name), state);
      for (const row of body.querySelectorAll(`[data-row="${CSS.escape(name)}"]`)) row.remove();
      const next = this.rowAfter(body, name);
      for (const row of rows) body.insertBefore(this.rowOf(row), next);
    }
    this.showRows();
  }

  // Rows stand in the order of the drawing.
  rowAfter(body, name) {
    const place = this.order.indexOf(name);
    return [...body.children].find((row) => this.order.indexOf(row.dataset.row) > place) ?? null;
  }

  rowOf({ seat, legs, name, who, status, order, move }) {
    const row = document.createElement("tr");
    row.dataset.row = seat;
    const cell = (content, kind = "td") => {
      const element = row.appendChild(document.createElement(kind));
      element.append(content);
      return element;
    };
    cell(seat, "th").scope = "row";
    if (this.page.querySelector("[name=end_leg]")) cell(legs);
    cell(order ? link(this.page.dataset.order.replace("00000000-0000-0000-0000-000000000000", order), name) : name);
    cell(who);
    cell(status);
    const { mayMove, query } = this.page.dataset;
    cell(move && mayMove === "yes" ? link(`?${query}&move=${move}#move`, this.words.move) : "");
    return row;
  }
}

function link(address, text) {
  const element = document.createElement("a");
  element.href = address;
  element.textContent = text;
  return element;
}

const page = document.querySelector("[data-office-seats]");
if (page) {
  const seats = new OfficeSeats(page);
  const { inventory, index, log } = page.dataset;
  follow(inventory, { index: Number(index), log }, {
    onMap: (message) => seats.takeMap(message),
    onChanges: (changes) => seats.takeChanges(changes),
    onLive: (live) => {
      const element = page.querySelector("[data-live]");
      element.hidden = false;
      element.dataset.on = live ? "yes" : "no";
      element.textContent = live ? seats.words.live : seats.words.notLive;
    },
  });
}
