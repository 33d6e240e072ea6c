// The strip of coaches as tabs: one coach is drawn at a time. A class can be shown alone.

export class Coaches {
  constructor(form, look) {
    this.look = look;
    this.strip = form.querySelector("[data-coaches]");
    this.tabs = this.strip ? [...this.strip.querySelectorAll("[data-coach]")] : [];
    for (const tab of this.tabs) {
      tab.addEventListener("click", () => this.select(tab.dataset.coach));
      tab.addEventListener("keydown", (event) => this.#press(event, tab));
    }
  }

  begin(key) {
    if (this.strip) this.select(key);
    else this.look(key);
  }

  get #shown() {
    return this.tabs.filter((tab) => !tab.hidden);
  }

  select(key, { focus = false } = {}) {
    if (!this.strip) return;
    const chosen = this.tabs.find((tab) => tab.dataset.coach === key) ?? this.tabs[0];
    if (chosen.hidden) this.showClass("");
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
    }
    if (focus) chosen.focus();
    // Into the strip's own box only: scrollIntoView would move the page too.
    this.strip.scrollLeft = chosen.offsetLeft - this.strip.offsetLeft - (this.strip.clientWidth - chosen.offsetWidth) / 2;
    this.look(chosen.dataset.coach);
  }

  // All coaches again for no class.
  showClass(code) {
    for (const tab of this.tabs) tab.hidden = code !== "" && tab.dataset.zone !== code;
    const selected = this.tabs.find((tab) => tab.getAttribute("aria-selected") === "true");
    if (selected?.hidden) this.select(this.#shown[0].dataset.coach);
  }

  #press(event, tab) {
    const tabs = this.#shown;
    const at = tabs.indexOf(tab);
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.select(tabs[(next + tabs.length) % tabs.length].dataset.coach, { focus: true });
  }
}
