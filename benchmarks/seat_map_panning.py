"""Does a hall of 20,000 seats stay smooth while somebody pans, and how soon is it on the screen? In headless Chromium.

The peer is the same hall with every seat as an element of an SVG, as halls of up to 2,000 seats are drawn.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.running.web_server import WebServer

from .measuring.benchmark import Benchmark, Figures, Findings, Row, Run, Setting
from .measuring.comparing import in_turn, medians
from .measuring.store import running_store

ROWS, SEATS_A_ROW = 125, 160
QUICK_ROWS = 20
LEAST_FRAMES_PER_S, MOST_PAINT_MS = 59.0, 1_000
OURS, PEER = "canvas in tiles", "SVG"
CHROMIUM = {"executable_path": "/usr/bin/chromium", "args": ["--no-sandbox"]}

_PUT_ON_SALE = """
from datetime import timedelta
from django.utils import timezone
from booking.halls.saving import save_drawing
from booking.halls.text import read_text
from booking.models import Hall, Performance, PerformancePrice, Show, Venue
from booking.selling.publishing import publish_performance
hall = Hall.objects.create(venue=Venue.objects.create(name="Arena", city="Pune"), name="Arena")
plan = ["zone ALL All", *(f"row R{{n}} ALL 1-40 | 41-120 | 121-{seats}" for n in range({rows}))]
save_drawing(hall=hall, drawing=read_text("\\n".join(plan)), now=timezone.now())
show = Show.objects.create(title="Show", slug="show")
performance = Performance.objects.create(show=show, hall=hall, starts_at=timezone.now() + timedelta(days=3))
PerformancePrice.objects.create(performance=performance, zone=hall.zones.get(), amount=500)
publish_performance(performance=performance)
print(performance.pk)
"""

# Zoom until seats can be told apart, then pan to and fro, a step a frame; how far apart frames were, in milliseconds.
_PAN = """
async (seconds) => {
  for (let step = 0; step < 3; step += 1) document.querySelector('[data-zoom="in"]').click();
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const box = document.querySelector(".map-box");
  const frames = [];
  const begun = performance.now();
  let [before, step] = [begun, 12];
  while (before - begun < seconds * 1000) {
    if (box.scrollLeft + box.clientWidth >= box.scrollWidth - 1) step = -12;
    if (box.scrollLeft === 0) step = 12;
    box.scrollBy({ left: step, top: step / 3, behavior: "instant" });
    const now = await new Promise((resolve) => requestAnimationFrame(resolve));
    frames.push(now - before);
    before = now;
  }
  return frames.slice(1);
}
"""

# When the first seats were on the screen, in milliseconds after the page was asked for.
_PAINTED = """
() => new Promise((resolve) => {
  const look = () => (document.querySelector(".map-room > *")
    ? requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())))
    : requestAnimationFrame(look));
  look();
})
"""


def measure(setting: Setting) -> Findings:
    rows = QUICK_ROWS if setting.quick else ROWS
    with running_store(setting) as store, tempfile.TemporaryDirectory(dir=setting.directory) as directory:
        server = WebServer(Path(directory), setting.reaper, store.addresses)
        server.manage("migrate", "--no-input", timeout_s=300)
        script = _PUT_ON_SALE.format(rows=rows, seats=SEATS_A_ROW)
        performance = server.manage("shell", stdin=script, timeout_s=300).split()[-1]
        server.start()
        try:
            address = f"{server.url}/performances/{performance}/"
            with _chromium() as browser:
                sides = {OURS: lambda _: _one_run(browser, address, setting.seconds, as_svg=False)}
                if setting.peers:
                    sides[PEER] = lambda _: _one_run(browser, address, setting.seconds, as_svg=True)
                runs = in_turn(sides, setting.runs)
        finally:
            server.stop()
    our, peer = medians(runs[OURS]), medians(runs.get(PEER, []))
    row = Row(
        promise=f"seat map: panning {rows * SEATS_A_ROW:,} seats, first paint",
        target=f"60 frames/s, and the first paint within {MOST_PAINT_MS / 1000:.0f} s",
        ours=_in_words(our),
        peer=f"SVG: {_in_words(peer)}" if peer else "",
        ratio="",
        reached=our["frames_per_s"] >= LEAST_FRAMES_PER_S and our["first_paint_ms"] < MOST_PAINT_MS,
    )
    return Findings([row], runs)


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**CHROMIUM)  # type: ignore[arg-type]
        try:
            yield browser
        finally:
            browser.close()


def _one_run(browser: Browser, address: str, seconds: float, *, as_svg: bool) -> Run:
    """In a browser window that has seen nothing before, so that nothing is kept."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        page = context.new_page()
        if as_svg:
            page.route("**/js/seatmap.js", _draw_all_as_svg)
        page.goto(address, wait_until="commit")
        drawn_ms = page.evaluate(_PAINTED)
        paint_ms = _first_paint_ms(page)
        frames: list[float] = page.evaluate(_PAN, seconds)
    finally:
        context.close()
    frames.sort()
    return Run(
        {
            "frames_per_s": round(1000 * len(frames) / sum(frames), 1),
            "p99_frame_ms": round(frames[int(len(frames) * 0.99)], 1),
            "first_paint_ms": round(paint_ms),
            "seats_drawn_ms": round(drawn_ms),
        }
    )


def _first_paint_ms(page: Page) -> float:
    found: list[dict[str, Any]] = json.loads(
        page.evaluate("JSON.stringify(performance.getEntriesByType('paint').map((e) => e.toJSON()))")
    )
    return next(float(entry["startTime"]) for entry in found if entry["name"] == "first-contentful-paint")


def _draw_all_as_svg(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=re.sub(r"MOST_ELEMENTS = [\d_]+", "MOST_ELEMENTS = Infinity", answer.text()))


def _in_words(figures: Figures) -> str:
    return (
        f"{figures['frames_per_s']:.0f} frames/s, p99 of a frame {figures['p99_frame_ms']:.0f} ms, "
        f"first paint {figures['first_paint_ms']:.0f} ms, seats drawn after {figures['seats_drawn_ms']:.0f} ms"
    )


BENCHMARK = Benchmark(
    "seat_map_panning", "a hall of 20,000 seats panned in Chromium; against SVG", measure, seconds=6.0
)
