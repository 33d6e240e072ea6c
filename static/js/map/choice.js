// What somebody has chosen: seats and places to stand, at most so many; the sum in the bar; and what the form sends.

export class Choice {
  constructor({ form, words, zones, areas, passengers, most, currency, language }) {
    Object.assign(this, { form, words, zones, areas, passengers, most });
    this.seats = new Set();
    const locale = currency === "INR" && language === "en" ? "en-IN" : language;
    this.money = new Intl.NumberFormat(locale, { style: "currency", currency });
  }

  has(seat) {
    return this.seats.has(seat);
  }

  get count() {
    return this.seats.size + this.areas.reduce((sum, area) => sum + area.count, 0);
  }

  hasRoomFor(more) {
    return this.count + more <= this.most;
  }

  total() {
    const priced = [...this.seats].map((seat) => {
      const { code, price } = this.zones[seat.zone];
      return { name: seat.name, zone: code, price: Number(price) };
    });
    const seats = this.passengers.prices(priced).reduce((sum, price) => sum + price, 0);
    return this.money.format(this.areas.reduce((sum, area) => sum + area.count * area.price, seats));
  }

  inWords() {
    return this.count ? this.words.say("sum", { count: this.count, total: this.total() }) : this.words.say("noneChosen");
  }

  // The bar, and the names that the form sends.
  show() {
    const standing = this.areas.filter((area) => area.count).map((area) => `${area.count} × ${area.title}`);
    const names = [...this.seats].map((seat) => seat.name);
    const text = this.count ? [...names, ...standing].join(", ") : this.words.say("chooseUpTo", { count: this.most });
    this.form.querySelector("[data-chosen]").textContent = text;
    this.form.querySelector("[data-total]").textContent = this.count ? this.total() : "";
    this.form.querySelector("[data-names]").replaceChildren(...names.map(hiddenSeat));
  }

  complain(sentence) {
    this.form.querySelector("[data-chosen]").textContent = sentence;
  }
}

function hiddenSeat(name) {
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "seats", value: name });
  return input;
}
