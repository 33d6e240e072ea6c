// The notice that seats of one's choice went to somebody faster, with the next best ones to take instead. What those are
// the server says, by the same rule as for who comes too late with the form.

export class Lost {
  constructor(form, words, takeInstead) {
    Object.assign(this, { form, words });
    this.notice = form.querySelector("[data-lost]");
    this.text = form.querySelector("[data-lost-text]");
    this.button = form.querySelector("[data-take-instead]");
    this.asked = 0;
    this.button.addEventListener("click", () => {
      this.notice.hidden = true;
      takeInstead(this.offered);
    });
  }

  async tell(lost, kept) {
    const names = (seats) => seats.map((seat) => seat.name);
    this.#say(this.words.say("lost", { seats: names(lost).join(", "), count: lost.length }));
    this.asked += 1;
    const asked = this.asked;
    const offered = await this.#instead(names(lost), names(kept));
    // What was lost since is told by another notice.
    if (asked !== this.asked || !offered.length) return;
    this.offered = offered;
    this.button.textContent = this.words.say("insteadOf", { seats: offered.join(", ") });
    this.button.hidden = false;
  }

  tellFewer(area) {
    this.#say(this.words.say("fewer", { free: area.free, area: area.title }));
  }

  #say(sentence) {
    this.text.textContent = sentence;
    this.button.hidden = true;
    this.notice.hidden = false;
  }

  async #instead(gone, kept) {
    const { inventory, firstLeg, endLeg, instead } = this.form.dataset;
    const query = { inventory, first_leg: firstLeg, end_leg: endLeg, gone: gone.join(","), seats: kept.join(",") };
    try {
      const answer = await fetch(`${instead}?${new URLSearchParams(query)}`);
      return answer.ok ? (await answer.json()).seats : [];
    } catch {
      // Without an answer there is no offer; the notice stands.
      return [];
    }
  }
}
