// Passengers who pay less, and what that makes of the sum. As booking/selling/passengers.py seats them: on the first of
// the chosen seats, in the order of their codes; everybody else is an adult.

class Kind {
  constructor(input) {
    this.input = input;
    this.code = input.dataset.passengers;
    this.prices = JSON.parse(input.dataset.prices);
  }

  get count() {
    return Math.max(0, Math.trunc(Number(this.input.value)) || 0);
  }
}

class Passengers {
  constructor(inputs) {
    this.kinds = inputs.map((input) => new Kind(input)).sort(byText((kind) => kind.code));
  }

  get payLess() {
    return this.kinds.reduce((sum, kind) => sum + kind.count, 0);
  }

  has(input) {
    return this.kinds.some((kind) => kind.input === input);
  }

  // What each of these seats costs the one who sits on it.
  prices(seats) {
    const seated = this.kinds.flatMap((kind) => Array(Math.min(kind.count, seats.length)).fill(kind));
    const inOrder = [...seats].sort((one, other) => one.name.length - other.name.length || byText((seat) => seat.name)(one, other));
    return inOrder.map((seat, at) => (seated[at] ? Number(seated[at].prices[seat.zone]) : seat.price));
  }
}

function byText(text) {
  return (one, other) => (text(one) < text(other) ? -1 : Number(text(one) > text(other)));
}

export function passengersOf(form) {
  return new Passengers([...form.querySelectorAll("[data-passengers]")]);
}
