"""A hall's plan is drawn while it is written, from files too, and its standing area is bought by number."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.running.waiting import wait_for
from tests.running.web_server import WebServer

pytestmark = pytest.mark.browser

BOSS, PASSWORD = "boss@example.com", "a-secret-of-the-office-7"

_HALL_AND_OPERATOR = f"""
import json
from accounts.models import User
from booking.tests.catalogue import a_hall
if not User.objects.filter(email="{BOSS}").exists():
    User.objects.create_superuser("{BOSS}", "{PASSWORD}")
print(json.dumps(a_hall().pk))
"""

SVG = """\
<svg xmlns="http://www.w3.org/2000/svg"><g data-zone="BEST" data-zone-name="Best">
<circle id="A-1" cx="10" cy="10" r="8" data-accessible="yes"/><circle id="A-2" cx="30" cy="10" r="8"/>
</g></svg>
"""


@pytest.fixture
def plan_page(web_server: WebServer, visitor) -> Page:
    hall = json.loads(web_server.manage("shell", stdin=_HALL_AND_OPERATOR).strip().splitlines()[-1])
    page = visitor()
    page.goto(f"/admin/login/?next=/admin/booking/hall/{hall}/plan/")
    page.get_by_label("Email").fill(BOSS)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.locator("[data-hall-plan]").wait_for()
    return page


def test_the_drawing_follows_the_text_and_says_which_line_it_cannot_read(plan_page: Page) -> None:
    text, drawing = plan_page.get_by_label("Plan as text"), plan_page.locator("[data-preview]")
    expect(drawing).to_contain_text("14 places")
    text.fill("zone BEST Best\nrow A BEST 1-5\n")
    expect(drawing).to_contain_text("5 places")
    text.fill("zone BEST Best\nrow A BEST 1-5 q\n")
    expect(plan_page.locator("[data-fault]")).to_contain_text("Line 2: 'q' is no place")
    expect(drawing).to_contain_text("5 places")
    text.fill("zone BEST Best\nrow A BEST 1-6\n")
    expect(drawing).to_contain_text("6 places")
    expect(plan_page.locator("[data-fault]")).to_have_text("")


def test_what_was_written_before_the_script_came_is_drawn_when_it_comes(plan_page: Page) -> None:
    held: list[Route] = []
    plan_page.route("**/hall_plan*.js", lambda route: held.append(route))
    plan_page.reload(wait_until="commit")
    plan_page.get_by_label("Plan as text").fill("zone BEST Best\nrow A BEST 1-5\n")
    wait_for(lambda: held or plan_page.wait_for_timeout(50), "the script to be asked for")
    held[0].continue_()
    expect(plan_page.locator("[data-preview]")).to_contain_text("5 places")


def test_a_file_becomes_text_that_can_be_edited_and_saved(plan_page: Page) -> None:
    plan_page.locator("input[type=file]").set_input_files(
        {"name": "hall.svg", "mimeType": "image/svg+xml", "buffer": SVG.encode()}
    )
    text = plan_page.get_by_label("Plan as text")
    expect(text).to_have_value("zone BEST  Best\n\nrow A BEST  1w@0,0 2@1,0\n")
    text.fill(text.input_value().replace("2@1,0", "2r@1,0"))
    plan_page.get_by_role("button", name="Save this plan").click()
    expect(plan_page.get_by_text("has 2 places now")).to_be_visible()
    expect(plan_page.locator(".field-preview")).to_contain_text("2 places")


def test_the_page_of_a_plan_needs_no_sideways_scrolling_on_a_phone(plan_page: Page) -> None:
    plan_page.set_viewport_size({"width": 360, "height": 740})
    # Anew, for the office's own menu folds away with a movement.
    plan_page.reload()
    expect(plan_page.locator("[data-preview]")).to_contain_text("14 places")
    widths = plan_page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert widths[0] <= widths[1]
