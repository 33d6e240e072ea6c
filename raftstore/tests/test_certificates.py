"""`script/certs`: makes what is missing, and replaces only what it is told to."""

import ssl
import subprocess
from pathlib import Path

import pytest

from raftstore.operate.certificates import HOLDERS, main
from raftstore.transport.security import load_security

ROOT = Path(__file__).resolve().parents[2]


def contents(directory: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in directory.iterdir()}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "certs"


def test_it_makes_an_authority_three_nodes_an_application_and_an_operator(directory: Path):
    assert main(["--directory", str(directory)]) == 0
    for holder in HOLDERS:
        files = {"certificate": directory / f"{holder}.pem", "key": directory / f"{holder}.key"}
        security = load_security(authority=directory / "ca.pem", **files)
        name = holder.removeprefix("node-")
        assert security.identity == (type(security.identity))(holder.split("-")[0], name)
    assert {path.stat().st_mode & 0o777 for path in directory.glob("*.key")} == {0o600}
    assert directory.stat().st_mode & 0o777 == 0o700


def test_again_it_changes_nothing(directory: Path, capsys: pytest.CaptureFixture[str]):
    main(["--directory", str(directory)])
    before = contents(directory)
    assert main(["--directory", str(directory)]) == 0
    assert contents(directory) == before
    assert "node-1.pem is there already" in capsys.readouterr().out


def test_a_further_node_is_of_the_same_authority_and_named_as_asked(directory: Path):
    main(["--directory", str(directory)])
    before = contents(directory)
    assert main(["node-4", "--host", "db4.example.com", "--host", "192.0.2.4", "--directory", str(directory)]) == 0
    assert {name: content for name, content in contents(directory).items() if "node-4" not in name} == before
    shown = ssl._ssl._test_decode_cert(str(directory / "node-4.pem"))  # type: ignore[attr-defined]
    assert shown["subjectAltName"] == (("DNS", "db4.example.com"), ("IP Address", "192.0.2.4"))


def test_renewing_replaces_who_is_named_and_never_the_authority(directory: Path):
    main(["--directory", str(directory)])
    before = contents(directory)
    assert main(["node-2", "operator", "--renew", "--days", "30", "--directory", str(directory)]) == 0
    after = contents(directory)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"node-2.pem", "node-2.key", "operator.pem", "operator.key"}


@pytest.mark.parametrize("holder", ["node-0", "node-01", "node-", "node-x", "admin", "ca"])
def test_who_is_none_of_ours_gets_no_certificate(directory: Path, holder: str, capsys: pytest.CaptureFixture[str]):
    assert main([holder, "--directory", str(directory)]) == 2
    assert "is none of node-N, application and operator" in capsys.readouterr().err
    assert not directory.exists()


def test_a_key_without_its_certificate_is_not_overwritten(directory: Path, capsys: pytest.CaptureFixture[str]):
    main(["--directory", str(directory)])
    (directory / "node-1.pem").unlink()
    before = contents(directory)
    assert main(["--renew", "--directory", str(directory)]) == 2
    assert "only one is there" in capsys.readouterr().err
    assert contents(directory)["node-1.key"] == before["node-1.key"]


def test_the_script_is_this_program(directory: Path):
    done = subprocess.run(
        ["script/certs", "operator", "--directory", str(directory)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert sorted(contents(directory)) == ["ca.key", "ca.pem", "operator.key", "operator.pem"]
