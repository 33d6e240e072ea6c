"""Does the API do what its description says, whatever it is sent? schemathesis sends everything that it can think of.

As nobody, as a customer and as somebody who checks tickets; with requests as they are described and others, one by one
and one after the other with what was answered. `script/fuzz --minutes 10` does so to a site of its own with demo data.
"""

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.browser.screenshots import demo_site
from tests.contract.tools import tool
from tests.running.web_server import WebServer

HERE = Path(__file__).parent
# Beyond what it was given, to come to an end.
GRACE_S = 240

# Each with a customer of its own, whose token outlives any run.
_A_TOKEN = """
from django.conf import settings
settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 86400
from django.contrib.auth.models import Permission
from accounts.models import User
from accounts.tokens import issue_tokens
person, _ = User.objects.get_or_create(email="{who}@fuzz.example.com", defaults={{"password": "!"}})
if "{who}" == "usher":
    person.user_permissions.add(Permission.objects.get(codename="check_in"))
print(issue_tokens(user=person).access)
"""
NOBODY = "nobody"
WHO = (NOBODY, "customer", "usher")
# After them the token would be refused, and so would be everything that comes.
_LOGGING_OUT = ("log_out", "log_device_out")


def token_of(server: WebServer, who: str) -> str:
    return "" if who == NOBODY else server.manage("shell", stdin=_A_TOKEN.format(who=who)).split()[-1]


def fuzz(server: WebServer, *, who: str, seconds: int, seed: int, options: tuple[str, ...] = ()) -> str | None:
    """What was found, in words; None if nothing was."""
    command = [str(tool("schemathesis")), "--config-file", str(HERE / "schemathesis.toml"), "run"]
    command += [
        f"{server.url}/api/v1/docs/schema/",
        "--no-color",
        "--seed",
        str(seed),
        "--max-time",
        str(seconds),
    ]
    command += ["--continue-on-failure", *options]
    if token := token_of(server, who):
        command += ["--header", f"Authorization: Bearer {token}"]
        command += [word for name in _LOGGING_OUT for word in ("--exclude-operation-id", name)]
    done = subprocess.run(
        command,
        cwd=server.var_dir,
        env={**os.environ, "SCHEMATHESIS_HOOKS": "checks", "PYTHONPATH": str(HERE)},
        capture_output=True,
        text=True,
        timeout=seconds + GRACE_S,
        check=False,
    )
    return None if done.returncode == 0 else f"As {who}, seed {seed}:\n{done.stdout}{done.stderr}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/fuzz", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10, help="for all together")
    parser.add_argument("--seed", type=int, default=1, help="the same seed sends the same")
    asked = parser.parse_args()
    found = []
    with demo_site() as site:
        for who in WHO:
            seconds = max(1, int(asked.minutes * 60 / len(WHO)))
            print(f"As {who}, for {seconds} s, with seed {asked.seed}", flush=True)
            said = fuzz(site.server, who=who, seconds=seconds, seed=asked.seed)
            if said is not None:
                found.append(said)
                print(said, flush=True)
    print("script/fuzz: found something" if found else "script/fuzz: found nothing")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
