// Standing areas of a seat map: places that are bought by number. Each keeps count of its free places as others buy.

class StandingArea {
  constructor(element, onSale, words) {
    this.words = words;
    this.element = element;
    this.input = element.querySelector("input");
    this.code = element.dataset.area;
    this.title = element.dataset.title;
    this.zone = element.dataset.zone;
    this.price = Number(element.dataset.price);
    this.total = Number(element.dataset.capacity);
    this.gone = new Set(element.dataset.gone.split(",").filter(Boolean).map(Number));
    this.onSale = onSale && this.price > 0;
  }

  get free() {
    return this.total - this.gone.size;
  }

  get count() {
    return this.input.disabled ? 0 : Math.max(0, Math.trunc(Number(this.input.value)) || 0);
  }

  get names() {
    return Array.from({ length: this.total }, (_, at) => `${this.code}-${String(at + 1).padStart(3, "0")}`);
  }

  take(name, isFree) {
    const dash = name.lastIndexOf("-");
    if (name.slice(0, dash) !== this.code) return;
    const number = Number(name.slice(dash + 1));
    if (isFree) this.gone.delete(number);
    else this.gone.add(number);
  }

  // At most as many as are free, and as the order has room for. Says whether somebody asked for more.
  limit(room = Infinity) {
    const most = Math.min(this.free, room);
    const tooMany = this.count > most;
    if (tooMany) this.input.value = String(most);
    return tooMany;
  }

  showFree() {
    this.input.disabled = this.free === 0 || !this.onSale;
    this.element.querySelector("[data-area-free]").textContent = this.words.say("placesFree", { free: this.free, total: this.total });
  }
}

export function standingAreas(form, words) {
  const onSale = form.dataset.onSale === "yes";
  return [...form.querySelectorAll("[data-area]")].map((element) => new StandingArea(element, onSale, words));
}
