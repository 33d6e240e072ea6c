// How many seats are left: in each coach of the strip, in each zone or class, and in what is drawn just now.

export class Counts {
  constructor(form, plan, areas, words) {
    Object.assign(this, { form, plan, areas, words });
    this.free = new Map(plan.sections.map((section) => [section, 0]));
    this.freeOfZone = new Map(plan.zones.map((code) => [code, 0]));
    for (const seat of plan.seats) if (seat.state === "free") this.#add(seat, 1);
  }

  #add(seat, difference) {
    const code = this.plan.zones[seat.zone];
    this.free.set(seat.section, this.free.get(seat.section) + difference);
    this.freeOfZone.set(code, this.freeOfZone.get(code) + difference);
  }

  // A seat is about to be in another state.
  change(seat, state) {
    this.#add(seat, (state === "free") - (seat.state === "free"));
  }

  lookAt(section) {
    this.section = section;
    this.form.querySelector("[data-title]").textContent = this.words.titleOf(section);
    this.show();
  }

  show() {
    // Nothing is known as long as the store has not said anything.
    if (this.plan.seats.length && this.plan.seats.every((seat) => seat.state === "unknown")) return;
    for (const [section, free] of this.free) {
      const short = this.form.querySelector(`[data-free-short="${CSS.escape(section.key)}"]`);
      if (short) short.textContent = this.words.say("freeShort", { free });
    }
    if (this.section) {
      const counted = { free: this.free.get(this.section), total: this.section.seats.length };
      this.form.querySelector("[data-free-long]").textContent = this.words.say("freeLong", counted);
    }
    for (const area of this.areas) area.showFree();
    for (const element of this.form.querySelectorAll("[data-free-zone]")) {
      const code = element.dataset.freeZone;
      const standing = this.areas.reduce((sum, area) => sum + (area.zone === code ? area.free : 0), 0);
      element.textContent = this.words.say("left", { free: (this.freeOfZone.get(code) ?? 0) + standing });
    }
  }
}
