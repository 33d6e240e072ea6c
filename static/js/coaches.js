// Coaches as tabs: one drawing at a time. Without this every coach is on the page and the strip leads to it.

export function tabs(form) {
  const strip = form.querySelector("[data-coaches]");
  if (!strip) return;
  const links = [...strip.querySelectorAll("[data-coach]")];
  const panelOf = (link) => form.querySelector(`[data-section="${CSS.escape(link.dataset.coach)}"]`);
  strip.setAttribute("role", "tablist");

  function select(link, { focus = false } = {}) {
    for (const other of links) {
      const selected = other === link;
      other.setAttribute("aria-selected", String(selected));
      other.tabIndex = selected ? 0 : -1;
      panelOf(other).hidden = !selected;
    }
    if (focus) link.focus();
    // Into the strip's own box only: scrollIntoView would move the page too.
    strip.scrollLeft = link.offsetLeft - strip.offsetLeft - (strip.clientWidth - link.offsetWidth) / 2;
  }

  for (const link of links) {
    const panel = panelOf(link);
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", link.id);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      select(link);
    });
    link.addEventListener("keydown", (event) => {
      const at = links.indexOf(link);
      const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
      if (event.key === " ") {
        event.preventDefault();
        select(link);
      } else if (next !== undefined) {
        event.preventDefault();
        select(links[(next + links.length) % links.length], { focus: true });
      }
    });
  }

  const withChoice = links.find((link) => panelOf(link).querySelector("input:checked"));
  const linked = links.find((link) => `#${panelOf(link).id}` === location.hash);
  const withFree = links.find((link) => panelOf(link).querySelector("input[name=seats]:enabled"));
  select(withChoice ?? linked ?? withFree ?? links[0]);
}
