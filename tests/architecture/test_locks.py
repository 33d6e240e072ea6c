"""Does everybody install the very same packages, whatever their package index?"""

import re

import pytest

from .tree import ROOT

LOCKS = ("requirements.txt", "requirements-dev.txt", "script/uv-bootstrap.txt", "tests/contract/tools.txt")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)


def pins(lock: str) -> dict[str, str]:
    return {name: version for name, version, _ in PIN.findall((ROOT / lock).read_text())}


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_with_its_hashes(lock: str) -> None:
    text = (ROOT / lock).read_text()
    requirements = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
    assert requirements
    assert len(pins(lock)) == len(requirements)


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_names_a_package_index(lock: str) -> None:
    assert not re.search(r"https?://|--(extra-)?index-url|--find-links", (ROOT / lock).read_text())


def test_tests_run_with_the_versions_that_customers_are_served_with() -> None:
    served, tested = pins("requirements.txt"), pins("requirements-dev.txt")
    assert served
    assert {name: version for name, version in served.items() if tested.get(name) != version} == {}
