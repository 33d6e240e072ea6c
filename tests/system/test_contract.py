"""The API is what its published description says: a client that is made from it buys."""

import os
import subprocess
import uuid
from pathlib import Path

from tests.contract.publishing import PUBLISHED
from tests.contract.tools import tool
from tests.system.conftest import Site

HERE = Path(__file__).parents[1] / "contract"
LIMIT_S = 240


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
