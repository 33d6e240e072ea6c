// Arrow keys in a drawing of seats. One seat at a time can be reached with Tab; the arrows go to the nearest seat in
// their direction, within a row or to the next one. Home and End go to the ends of a row, space and Enter choose.

export function arrowKeys(drawing, shapes, choose) {
  if (!shapes.length) return;
  const place = new Map(shapes.map((shape) => [shape, placeOf(shape)]));
  const rows = new Map();
  for (const shape of shapes) {
    const row = Number(shape.dataset.row);
    if (!rows.has(row)) rows.set(row, []);
    rows.get(row).push(shape);
  }
  for (const row of rows.values()) row.sort((a, b) => place.get(a).x - place.get(b).x);
  let current = shapes.find((shape) => shape.dataset.state === "free") ?? shapes[0];
  for (const shape of shapes) shape.setAttribute("tabindex", shape === current ? "0" : "-1");

  function makeCurrent(shape) {
    current.setAttribute("tabindex", "-1");
    current = shape;
    current.setAttribute("tabindex", "0");
  }

  function nearestInRow(number) {
    const x = place.get(current).x;
    const distance = (shape) => Math.abs(place.get(shape).x - x);
    return (rows.get(number) ?? []).reduce((best, shape) => (!best || distance(shape) < distance(best) ? shape : best), null);
  }

  function target(key) {
    const number = Number(current.dataset.row);
    const row = rows.get(number);
    const at = row.indexOf(current);
    switch (key) {
      case "ArrowLeft": return row[at - 1];
      case "ArrowRight": return row[at + 1];
      case "ArrowUp": return nearestInRow(number - 1);
      case "ArrowDown": return nearestInRow(number + 1);
      case "Home": return row[0];
      case "End": return row.at(-1);
      default: return null;
    }
  }

  drawing.addEventListener("focusin", (event) => {
    const shape = event.target.closest("[data-seat]");
    if (shape) makeCurrent(shape);
  });
  drawing.addEventListener("click", (event) => {
    const shape = event.target.closest("[data-seat]");
    if (shape) makeCurrent(shape);
  });
  drawing.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      choose(current);
      return;
    }
    const next = target(event.key);
    if (next) {
      event.preventDefault();
      next.focus();
    } else if (event.key.startsWith("Arrow")) {
      // At the edge the box must not scroll away from under the seat.
      event.preventDefault();
    }
  });
}

function placeOf(shape) {
  const rect = shape.querySelector("rect");
  return { x: Number(rect.getAttribute("x")), y: Number(rect.getAttribute("y")) };
}
