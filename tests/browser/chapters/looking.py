"""What does somebody see who only looks around, and has no account?"""

from collections.abc import Iterator

from tests.browser.walking import Walk


def looking_around(walk: Walk) -> Iterator[str]:
    page, sights = walk.page, walk.sights
    yield walk.at("home", "/")
    yield walk.at("search-mistyped", "/trains/?from=nowhere&to=&date=")
    yield walk.at("results", sights.results)
    yield walk.at("results-none", sights.no_results)
    yield walk.at("shows", "/shows/")
    yield walk.at("show", sights.show_page)
    walk.to_map(sights.train)
    yield "map-train"
    walk.to_map(sights.performance)
    yield "map-show"
    page.locator("#best-seats").evaluate("(details) => { details.open = true }")
    yield "map-best-seats"
    walk.to_map(f"{sights.performance}?gone={walk.free_seats().first.get_attribute('data-seat')}")
    yield "map-taken-a-moment-ago"
    page.locator("#waiting-list summary").click()
    walk.press("Wait for seats")
    page.get_by_role("heading", name="Who is waiting?").wait_for()
    yield "who-is-waiting"
    walk.to_map(sights.performance)
    walk.choose(1)
    page.locator("[data-hold]").click()
    page.get_by_role("heading", name="Who is buying?").wait_for()
    yield "who-is-buying"
    page.locator("main input[type=email]").fill("nobody")
    page.locator("main form").first.evaluate("(form) => { form.noValidate = true }")
    walk.press("Go on as a guest")
    yield "who-is-buying-mistyped"
    yield walk.at("guest-link-refused", "/accounts/guest/nobodys/")
    yield walk.at("not-found", "/nowhere/")
    yield walk.at("assistant", "/assistant/")
    walk.at("shows", "/shows/")
    page.locator(".assistant-panel summary").click()
    yield "assistant-panel"
