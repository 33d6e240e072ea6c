"""The API is what its description says: a client that is made from it buys, and nothing else is answered."""

import os
import subprocess
import uuid
from pathlib import Path

from tests.contract.fuzzing import fuzz
from tests.contract.publishing import PUBLISHED
from tests.contract.tools import tool
from tests.system.conftest import Site

HERE = Path(__file__).parents[1] / "contract"
LIMIT_S = 240
# There it ends, wherever it is.
LOOKING_LIMIT_S = 30


def run(*command: str | Path, **environment: str) -> None:
    done = subprocess.run(
        list(map(str, command)),
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"


def test_a_client_that_is_generated_from_the_description_buys_exchanges_and_gives_back(site: Site, tmp_path: Path):
    run(
        tool("openapi-python-client"),
        *("generate", "--path", PUBLISHED, "--output-path", tmp_path / "ticketsite_client"),
        *("--meta", "none", "--config", HERE / "client.yaml", "--fail-on-warning"),
        PATH=f"{tool('ruff').parent}:{os.environ['PATH']}",
    )
    token = site.tokens(f"integrator-{uuid.uuid4()}", 1)[0]
    run(tool("python"), "-m", "integration", site.server.url, token, PYTHONPATH=f"{HERE}:{tmp_path}")


def test_what_a_customer_sends_who_looks_and_buys_is_answered_as_it_is_described(site: Site):
    """On both sides of each limit. script/fuzz looks at everything, and for as long as one likes."""
    tags = (word for tag in ("orders", "trains", "shows") for word in ("--include-tag", tag))
    options = ("--phases", "examples,coverage", *tags)
    found = fuzz(site.server, who="customer", seconds=LOOKING_LIMIT_S, seed=1, options=options)
    assert found is None, found
