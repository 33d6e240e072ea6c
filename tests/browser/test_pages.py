"""Do the pages beside the shop open in a real browser, under the same security policy as the rest?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_the_documentation_of_rest_opens(visitor: Callable[..., Page]) -> None:
    page = visitor()
    page.goto("/api/v1/docs/")
    expect(page.locator('[data-path^="/api/v1/"]').first).to_be_visible()


@pytest.mark.parametrize("address", ["/", "/shows/", "/orders/", "/assistant/", "/accounts/password/reset/", "/admin/"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_page_opens_without_a_complaint_of_the_browser(
    visitor: Callable[..., Page], address: str, colours: str
) -> None:
    page = visitor(color_scheme=colours)
    page.goto(address)
    expect(page.get_by_role("main").or_(page.get_by_role("form")).first).to_be_visible()
