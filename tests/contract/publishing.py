"""Which OpenAPI description do integrators build on? docs/openapi.json: written here, and checked to break nobody.

`script/schema` writes it, unless programs of today would break by it; `script/schema --check` says whether it is what
the code says, and whether it breaks programs written for any of the last versions of the file. Who must break them
begins an /api/v2/: between descriptions of different major versions nothing is compared.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.contract.comparing import breaking_changes

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "docs" / "openapi.json"
# As many versions of the file as are still looked at.
REMEMBERED = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/schema", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; say whether the file is as it should be")
    check = parser.parse_args().check
    described = json.dumps(generated(), indent=1, ensure_ascii=False) + "\n"
    if check and (not PUBLISHED.exists() or PUBLISHED.read_text() != described):
        return _refuse("docs/openapi.json is not what the code says; run script/schema")
    for version in earlier():
        if changes := incompatible(version, json.loads(described)):
            return _refuse("programs written for docs/openapi.json would break:\n  " + "\n  ".join(changes))
    if not check:
        PUBLISHED.write_text(described)
    return 0


def generated() -> dict[str, Any]:
    """The description as the site serves it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ticketsite.settings")
    import django

    django.setup()
    from ticketsite.schema import description

    return description()


def earlier() -> Iterator[dict[str, Any]]:
    """The versions of the file that were landed last; that in the working tree may be half a thought."""
    name = PUBLISHED.relative_to(ROOT)
    for commit in _git("log", f"--max-count={REMEMBERED}", "--format=%H", "--diff-filter=AM", "--", str(name)).split():
        yield json.loads(_git("show", f"{commit}:{name}"))


def incompatible(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    majors = {of["info"]["version"].split(".")[0] for of in (before, after)}
    return breaking_changes(before, after) if len(majors) == 1 else []


def _git(*arguments: str) -> str:
    """Nothing where there is no history, as in an archive of the code."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _refuse(why: str) -> int:
    sys.stderr.write(f"script/schema: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
