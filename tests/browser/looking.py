"""What does axe say of each page and state of a walk, by day and by night, and what does each weigh?"""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, Page

from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

from .conftest import Shop
from .tour import TOURS
from .walking import Sights, Walk

# WCAG 2.2 up to AA, and what else axe calls good practice. Without reading style sheets again: it does so by a style
# within the page, which the security policy forbids.
OPTIONS = {"resultTypes": ["violations"], "preload": False}
# All else is the same by night: what a page is made of does not change with its colours.
BY_NIGHT = {**OPTIONS, "runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
MOST_TRIES = 3
# What Swagger UI makes of the schema is its own; who cannot use it finds the same in the schema and in docs/api.md.
LOOKED_AT = {"exclude": [[".swagger-ui"]]}
# With styles, scripts, typefaces and data, as they are sent; what the browser had already counts too. Pages of the
# back office are not made for phones.
MOST_BYTES = {"customer": 150_000, "staff": 2_000_000}
WEIGHT = """
() => {
  const parts = [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")];
  const bytes = new Map(parts.map((part) => [part.name, part.encodedBodySize]));
  return [...bytes.values()].reduce((sum, each) => sum + each, 0);
}
"""
# Colours that are still moving from one to the other are nobody's; what moves for ever is not waited for.
SETTLED = """
() => {
  const ends = (moving) => moving.effect.getComputedTiming().endTime !== Infinity;
  const moving = document.getAnimations().filter(ends).map((one) => one.finished.catch(() => null));
  const patience = new Promise((done) => setTimeout(done, 1000));
  return Promise.race([Promise.all(moving).then(() => null), patience]);
}
"""


def look_at(who: str, page: Page, shop: Shop, server: WebServer, store: StoreCluster, *, least: int) -> None:
    """Fails with all faults of all pages at once.

    Args:
        who: walks, as in TOURS.
        least: as many stops there are at least.
    """
    sights = Sights(
        results=f"/trains/?from=BBB&to=DDD&date={shop.date}",
        no_results=f"/trains/?from=DDD&to=BBB&date={shop.date}",
        train=shop.train,
        show_page=shop.show_page,
        performance=shop.show,
    )
    axe, faults, weights = Axe(), [], {}
    for name in TOURS[who](Walk(page, sights, server.manage, server.mail, store.without_leader)):
        for colours, options in (("light", OPTIONS), ("dark", BY_NIGHT)):
            page.emulate_media(color_scheme=colours)  # type: ignore[arg-type]
            page.evaluate(SETTLED)
            for violation in _violations(axe, page, options):
                where = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
                faults.append(f"{name} ({colours}): {violation['id']}: {violation['help']}: {where}")
        assert name not in weights
        weights[name] = page.evaluate(WEIGHT)
    assert not faults, "\n".join(faults)
    assert len(weights) > least
    heavy = {name: weight for name, weight in weights.items() if weight >= MOST_BYTES[who]}
    assert not heavy
    assert max(weights.values()) > 20_000


def _violations(axe: Axe, page: Page, options: dict[str, Any]) -> list[dict[str, Any]]:
    """A page that goes on by itself, as a waiting room does, may take its document from under axe: then anew."""
    for _ in range(MOST_TRIES - 1):
        try:
            return axe.run(page, context=LOOKED_AT, options=options).response["violations"]
        except Error:
            page.wait_for_load_state()
    return axe.run(page, context=LOOKED_AT, options=options).response["violations"]
