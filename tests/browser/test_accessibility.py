"""Has any page or state a fault that axe can see, by day or by night? Is any too heavy for a slow phone?"""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.running.web_server import WebServer

from .conftest import Shop
from .tour import Sights, Tour

pytestmark = pytest.mark.browser

# WCAG 2.2 up to AA, and what else axe calls good practice.
OPTIONS = {"resultTypes": ["violations"]}
# With styles, scripts, typefaces and data, as they are sent; what the browser had already counts too.
MOST_BYTES = 150_000
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


@pytest.mark.timeout(600)
def test_axe_finds_no_fault_on_any_page_and_in_any_state_and_none_is_heavy(
    visitor: Callable[..., Page], shop: Shop, web_server: WebServer
) -> None:
    page = visitor()
    sights = Sights(
        results=f"/trains/?from=BBB&to=DDD&date={shop.date}",
        no_results=f"/trains/?from=DDD&to=BBB&date={shop.date}",
        train=shop.train,
        show_page=shop.show_page,
        performance=shop.show,
    )
    axe = Axe()
    faults, weights = [], {}
    for name in Tour(page, sights, web_server.manage, web_server.mail).stops():
        for colours in ("light", "dark"):
            page.emulate_media(color_scheme=colours)
            page.evaluate(SETTLED)
            for violation in axe.run(page, options=OPTIONS).response["violations"]:
                where = "; ".join(" ".join(map(str, node["target"])) for node in violation["nodes"][:4])
                faults.append(f"{name} ({colours}): {violation['id']}: {violation['help']}: {where}")
        assert name not in weights
        weights[name] = page.evaluate(WEIGHT)
    assert not faults, "\n".join(faults)
    assert len(weights) > 40
    assert 20_000 < max(weights.values()) < MOST_BYTES, {name: b for name, b in weights.items() if b >= MOST_BYTES}
