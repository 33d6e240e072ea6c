"""What does Lighthouse say of home, results, maps and checkout? `python -m tests.browser.lighthouse` measures them.

With demo data, on a phone as Lighthouse simulates it: slow processor, slow network. Prints a line of JSON for each
page, and ends with 1 if a score is below what was promised. Lighthouse itself is npm's; its versions are in
lighthouse_package/package-lock.json.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.screenshots import demo_sights, demo_site

PROMISED = 95
CATEGORIES = ("performance", "accessibility", "best-practices")
PACKAGE = Path(__file__).parent / "lighthouse_package"


def installed(directory: Path) -> Path:
    """Lighthouse's program, installed into this directory."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / name, directory)
    subprocess.run(["npm", "ci", "--silent", "--no-audit", "--no-fund"], cwd=directory, check=True)
    return directory / "node_modules" / ".bin" / "lighthouse"


def measured(program: Path, url: str, cookies: str) -> dict[str, int]:
    """The scores of a page, of 100."""
    command = [str(program), url, "--quiet", "--output=json", f"--only-categories={','.join(CATEGORIES)}"]
    command += ["--chrome-flags=--headless=new --no-sandbox", "--extra-headers", json.dumps({"Cookie": cookies})]
    environment = {**os.environ, "CHROME_PATH": "/usr/bin/chromium"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    categories = json.loads(done.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in CATEGORIES}


def main() -> int:
    is_kept = True
    with tempfile.TemporaryDirectory() as directory, demo_site() as site, sync_playwright() as playwright:
        program = installed(Path(directory))
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page(base_url=site.server.url)
        sights = demo_sights(page)
        # Somebody who holds a seat, without an account.
        page.goto(sights.performance)
        page.locator("#best-seats").evaluate("(details) => { details.open = true }")
        page.get_by_role("button", name="Hold the best seats").click()
        page.locator("main input[type=email]").fill("guest@example.com")
        page.get_by_role("button", name="Go on as a guest").click()
        page.get_by_role("link", name="Pay").click()
        page.get_by_label("Card number").wait_for()
        checkout = page.url
        cookies = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in page.context.cookies())
        browser.close()
        places = {"home": "/", "results": sights.results, "train map": sights.train, "show map": sights.performance}
        addresses = {name: site.server.url + path for name, path in places.items()} | {"checkout": checkout}
        for name, url in addresses.items():
            scores = measured(program, url, cookies)
            print(json.dumps({"page": name, **scores}), flush=True)
            is_kept = is_kept and min(scores.values()) >= PROMISED
    return 0 if is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
