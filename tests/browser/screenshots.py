"""What does every page look like? `python -m tests.browser.screenshots DIRECTORY` photographs them all from demo data.

At 1280 and at 360 pixels, by day and by night: NAME-WIDTH-light.png and -dark.png. The site is one of its own, on free
ports, with data in a temporary directory.
"""

import argparse
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.tour import TOURS
from tests.browser.walking import Sights, Walk
from tests.running.reaper import Reaper
from tests.running.store_cluster import StoreCluster
from tests.running.waiting import wait_for
from tests.running.web_server import ROOT, WebServer

WIDTHS = {1280: 900, 360: 740}
COLOURS = ("light", "dark")
# Announced departures and performances are opened in the store by the worker, some a second.
ON_SALE_WITHIN_S = 600

_WHAT_IS_MISSING = """
from booking.models import Inventory
print(Inventory.objects.filter(state=Inventory.State.PUBLISHING).count())
"""


@dataclass(frozen=True, slots=True)
class DemoSite:
    server: WebServer
    store: StoreCluster


@contextmanager
def demo_site() -> Iterator[DemoSite]:
    """The site with the demo's data on sale."""
    with tempfile.TemporaryDirectory(prefix="ticketsite-pages-") as directory, Reaper() as reaper:
        cluster = StoreCluster(Path(directory) / "store", reaper)
        cluster.start()
        cluster.leader()
        server = WebServer(Path(directory), reaper, cluster.addresses)
        server.manage("migrate", "--no-input", timeout_s=300)
        server.manage("load_demo", timeout_s=300)
        worker = reaper.start([sys.executable, "manage.py", "worker"], cwd=ROOT, env=server.environment)
        try:
            wait_for(lambda: _missing(server) == 0, "the demo to be on sale", ON_SALE_WITHIN_S)
        finally:
            reaper.stop(worker, signal.SIGTERM)
        server.start()
        try:
            yield DemoSite(server, cluster)
        finally:
            server.stop()
            cluster.stop()


def _missing(server: WebServer) -> int:
    # The shell says first what it has imported.
    return int(server.manage("shell", stdin=_WHAT_IS_MISSING).split()[-1])


def demo_sights(page: Page) -> Sights:
    """Found as a visitor finds them: the first train of a search, the first performance in a small hall."""
    day = (date.today() + timedelta(days=2)).isoformat()
    results = f"/trains/?from=MMCT&to=NDLS&date={day}"
    page.goto(results)
    train = page.locator("main a.cover").first.get_attribute("href") or ""
    show_page = "/shows/the-last-monsoon/"
    page.goto(show_page)
    performance = page.locator("main a.cover").first.get_attribute("href") or ""
    nothing = f"/trains/?from=MMCT&to=HWH&date={day}"
    return Sights(results=results, no_results=nothing, train=train, show_page=show_page, performance=performance)


def photograph(page: Page, path: Path) -> None:
    """The page as it stands, in each width and colour; it is left as it was found."""
    as_it_was = page.viewport_size
    for width, height in WIDTHS.items():
        for colours in COLOURS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
            page.evaluate("Promise.all(document.getAnimations().map((moving) => moving.finished))")
            page.screenshot(path=f"{path}-{width}-{colours}.png", full_page=True)
    page.emulate_media(color_scheme="light")
    if as_it_was:
        page.set_viewport_size(as_it_was)


def stops(site: DemoSite, browser: Browser) -> Iterator[tuple[Page, str]]:
    """Every stop of every tour, with the page open in the window that walks there."""
    for tour in TOURS.values():
        context = browser.new_context(base_url=site.server.url, viewport={"width": 1280, "height": 900})
        page = context.new_page()
        walk = Walk(page, demo_sights(page), site.server.manage, site.server.mail, site.store.without_leader)
        for name in tour(walk):
            yield page, name
        context.close()


def main() -> None:
    arguments = argparse.ArgumentParser(description="Photographs every page, with the demo's data.")
    arguments.add_argument("directory", type=Path, help="where the pictures go")
    directory = arguments.parse_args().directory
    directory.mkdir(parents=True, exist_ok=True)
    with demo_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        for number, (page, name) in enumerate(stops(site, browser), start=1):
            print(f"{number:03d} {name}", flush=True)
            photograph(page, directory / f"{number:03d}-{name}")
        browser.close()


if __name__ == "__main__":
    main()
