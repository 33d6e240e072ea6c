// What the map says, in the reader's language: sentences from the server with {places} to fill, and names of seats.

export class Words {
  constructor(sentences, plan, zones, language) {
    this.sentences = sentences;
    this.plan = plan;
    this.zones = zones;
    this.plural = new Intl.PluralRules(language);
  }

  // A sentence that counts has a form for each kind of number, and takes the one for `count`.
  say(key, values = {}) {
    const sentence = this.sentences[key];
    const text = typeof sentence === "string" ? sentence : sentence[this.plural.select(values.count)] ?? sentence.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  }

  // What a coach or a hall is called; the plan, which is the same for all readers, names coaches in English.
  titleOf(section) {
    if (this.plan.kind !== "train") return section.title;
    const seatClass = section.title.split(" · ").slice(1).join(" · ");
    return this.say("coach", { coach: section.key, seat_class: seatClass });
  }

  // "Coach B, seat 14, window, free, 42.00 EUR"
  nameOf(seat) {
    const where =
      this.plan.kind === "train"
        ? this.say("coachSeat", { coach: seat.section.key, seat: seat.label })
        : this.say("rowSeat", { row: seat.row.label, seat: seat.label });
    const parts = [where, ...this.plan.featuresOf(seat).map((feature) => this.sentences.features[feature])];
    if (seat.compartment) parts.push(this.say("compartment", { number: seat.compartment }));
    parts.push(this.sentences.states[seat.state], this.zones[seat.zone].text);
    return parts.join(", ");
  }
}
