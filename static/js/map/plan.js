// The seats of a map: where each is, what it is called, and who sits beside it. Lengths are in seats: 1 is the distance
// between two of them. The plan never changes and is kept by the browser; what is taken comes with the page.

const STATES = { f: "free", h: "held", s: "sold", u: "unknown" };
// What lies further apart has an aisle or a missing seat in between.
const NEIGHBOURS = 1.5;

export async function loadPlan(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The plan of the seats was answered with ${answer.status}.`);
  return answer.json();
}

export class Plan {
  // `states` has one letter a seat, in the order of the plan.
  constructor({ kind, zones, features, sections }, states) {
    this.kind = kind;
    this.zones = zones;
    this.features = features;
    this.seats = [];
    this.byName = new Map();
    this.sections = sections.map((section) => this.#section(section, states));
  }

  #section({ key, title, width, height, rows }, states) {
    const section = { key, title, width, height, rows: [], seats: [] };
    rows.forEach((packed, number) => {
      const row = { label: packed.label ?? "", number, section, seats: [] };
      packed.x.forEach((x, at) => {
        const label = packed.labels?.[at] ?? String(packed.from + at);
        const seat = {
          name: `${packed.prefix}-${label}`,
          label,
          x,
          y: packed.y + (packed.bend?.[at] ?? 0),
          zone: packed.zonesOf?.[at] ?? packed.zone,
          bits: packed.bits?.[at] ?? 0,
          compartment: packed.compartment,
          row,
          at,
          section,
          state: STATES[states[this.seats.length]],
        };
        row.seats.push(seat);
        section.seats.push(seat);
        this.seats.push(seat);
        this.byName.set(seat.name, seat);
      });
      row.top = Math.min(...row.seats.map((seat) => seat.y));
      row.bottom = Math.max(...row.seats.map((seat) => seat.y)) + 1;
      section.rows.push(row);
    });
    return section;
  }

  has(seat, feature) {
    return (seat.bits >> this.features.indexOf(feature)) & 1;
  }

  featuresOf(seat) {
    return this.features.filter((_, number) => (seat.bits >> number) & 1);
  }
}

// So many free seats side by side, this one among them; nothing if there are not as many. Of those that would do, the
// ones that leave no single seat over, and then those with this seat nearest to their middle.
export function sideBySide(seat, count) {
  const { seats } = seat.row;
  const isFree = (at) => at >= 0 && at < seats.length && seats[at].state === "free";
  const isBeside = (at) => isFree(at) && isFree(at + 1) && seats[at + 1].x - seats[at].x < NEIGHBOURS;
  if (!isFree(seat.at)) return [];
  let [first, last] = [seat.at, seat.at];
  while (isBeside(first - 1)) first -= 1;
  while (isBeside(last)) last += 1;
  let [best, least] = [null, Infinity];
  for (let start = Math.max(first, seat.at - count + 1); start <= Math.min(seat.at, last - count + 1); start += 1) {
    const stranded = (start - first === 1) + (last - (start + count - 1) === 1);
    const badness = stranded * count * 2 + Math.abs(start + (count - 1) / 2 - seat.at);
    if (badness < least) [best, least] = [start, badness];
  }
  return best === null ? [] : seats.slice(best, best + count);
}
