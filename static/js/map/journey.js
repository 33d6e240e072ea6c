// Which states have seats for somebody who travels on some of the legs?

export class Journey {
  constructor(firstLeg, endLeg) {
    this.legs = (1n << BigInt(endLeg)) - (1n << BigInt(firstLeg));
  }

  // A mask comes in hexadecimal: it has a bit for each leg, and a number is exact to 53 bits only.
  #overlaps(mask) {
    return mask !== "0" && (BigInt(`0x${mask}`) & this.legs) !== 0n;
  }

  stateOf(held, sold) {
    if (this.#overlaps(sold)) return "sold";
    return this.#overlaps(held) ? "held" : "free";
  }
}
