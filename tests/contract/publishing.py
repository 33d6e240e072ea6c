"""Which OpenAPI description do integrators build on? docs/openapi.json: written here, and checked to break nobody.

`script/schema` writes it, unless programs of today would break by it; `script/schema --check` says whether it is what
the code says, and whether it breaks programs written for any of the last versions of the file. Who must break them
begins an /api/v2/: between descriptions of different major versions nothing is compared. Where the description was
wrong, and not the code, `script/schema --correct "because"` says so (corrections.py).
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tests.contract.comparing import breaking_changes
from tests.contract.corrections import Correction, corrections, is_correction, not_excused, write

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT / "docs" / "openapi.json"
# As many versions of the file as are still looked at.
REMEMBERED = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/schema", description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; say whether the file is as it should be")
    parser.add_argument(
        "--correct",
        metavar="BECAUSE",
        help="the code has always refused what may be sent no more by the new description, whose version is a higher "
        "one: note that in docs/openapi-corrections.json, and why it was not said",
    )
    asked = parser.parse_args()
    described = json.dumps(generated(), indent=1, ensure_ascii=False) + "\n"
    if asked.check and asked.correct:
        parser.error("--check changes nothing, --correct does")
    return publish(described, only_check=asked.check, corrected_because=asked.correct)


def publish(described: str, *, only_check: bool, corrected_because: str | None) -> int:
    """The exit status: 0 if the description is published, and breaks nobody."""
    new = json.loads(described)
    if only_check and (not PUBLISHED.exists() or PUBLISHED.read_text() != described):
        return _refuse("docs/openapi.json is not what the code says; run script/schema")
    versions, known = list(earlier()), corrections()
    if corrected_because:
        changes = {change for of in versions for change in incompatible(of, new, known) if is_correction(change)}
        known = (*known, Correction(new["info"]["version"], corrected_because, changes))
    for version in versions:
        if left := incompatible(version, new, known):
            return _refuse("programs written for docs/openapi.json would break:\n  " + "\n  ".join(left))
    if not only_check:
        PUBLISHED.write_text(described)
    if corrected_because:
        write(known)
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


def incompatible(before: dict[str, Any], after: dict[str, Any], known: Iterable[Correction] = ()) -> list[str]:
    majors = {of["info"]["version"].split(".")[0] for of in (before, after)}
    if len(majors) > 1:
        return []
    return not_excused(breaking_changes(before, after), known, before=before, after=after)


def _git(*arguments: str) -> str:
    """Nothing where there is no history, as in an archive of the code."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else ""


def _refuse(why: str) -> int:
    sys.stderr.write(f"script/schema: {why}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
