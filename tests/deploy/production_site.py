"""The site as deploy/ says it runs in production: gunicorn and uvicorn from its Procfile, behind its nginx."""

import base64
import datetime
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from honcho.environ import parse_procfile

from tests.running.ports import free_port
from tests.running.reaper import Reaper
from tests.running.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
HOST = "tickets.example.com"

# What nginx needs around a site file, where Debian's own nginx.conf brings it; nobody's rights are needed for it.
_AROUND_THE_SITE = """
worker_processes 1;
daemon off;
pid {directory}/nginx.pid;
error_log {directory}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    types {{ text/css css; text/javascript js; }}
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    include {directory}/site.conf;
}}
"""


class ProductionSite:
    """`environment` is what its processes run in. Every name and path that belongs to a machine is replaced by ours."""

    def __init__(self, reaper: Reaper, store_addresses: Sequence[str], line: int = 512, **environment: str) -> None:
        """
        Args:
            line: how many requests may be under way or wait.
        """
        self._reaper = reaper
        self._line = line
        # Not pytest's own directory: the path of a socket may not be long.
        self.directory = Path(tempfile.mkdtemp(prefix="site-"))
        # Where root starts nginx, its workers are somebody else.
        self.directory.chmod(0o755)
        self.port, self.plain_port = free_port(), free_port()
        self.database = self.directory / "ticketsite.sqlite3"
        self.environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "TICKETSITE_ENV": "production",
            "TICKETSITE_VAR": str(self.directory),
            "TICKETSITE_RUN": str(self.directory),
            "STATIC_ROOT": str(self.directory / "static"),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "SEAT_STORE_ADDRESSES": ",".join(store_addresses),
            "SECRET_KEY": "only-for-this-test-" + os.urandom(32).hex(),
            "TICKET_SIGNING_KEY": base64.b64encode(os.urandom(32)).decode(),
            "ALLOWED_HOSTS": HOST,
            "NUM_PROXIES": "1",
            # SQLite has one writer, so a second process would only wait for the first.
            "WEB_WORKERS": "1",
            **environment,
        }
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def manage(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a manage.py command; its output. AssertionError with all it said if it fails."""
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, timeout=100
        )
        assert done.returncode == 0, f"manage.py {' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}"
        return done.stdout

    # --- Processes --------------------------------------------------------------------------------

    def start(self) -> None:
        """Start and wait until both sides answer."""
        for name in ("http", "live"):
            self.start_process(name)
        (self.directory / "site.conf").write_text(self._site_file())
        (self.directory / "nginx.conf").write_text(_AROUND_THE_SITE.format(directory=self.directory))
        self._make_certificate()
        assert NGINX
        self._run("nginx", [NGINX, "-p", str(self.directory), "-c", str(self.directory / "nginx.conf")])
        try:
            wait_for(lambda: self.get("/healthz")[0] == 200, "the site to answer")
            wait_for((self.directory / "live.sock").exists, "the live side to listen")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.log()}") from error

    def start_process(self, name: str) -> None:
        """One that deploy/Procfile lists."""
        command = parse_procfile((ROOT / "deploy" / "Procfile").read_text()).processes[name]
        self._run(name, ["sh", "-c", f"exec {command}"])

    def _run(self, name: str, command: list[str]) -> None:
        with (self.directory / f"{name}.out").open("ab") as output:
            self._running[name] = self._reaper.start(
                command, cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def stop_process(self, name: str) -> None:
        self._reaper.stop(self._running.pop(name), signal.SIGTERM)

    def stop(self) -> None:
        for name in list(self._running):
            self.stop_process(name)
        shutil.rmtree(self.directory)

    def log(self) -> str:
        """All that was said, for a failing test to show."""
        files = [*sorted(self.directory.glob("*.out")), self.directory / "nginx.log"]
        parts = [f"--- {file.name}\n{file.read_text(errors='replace')[-4000:]}" for file in files if file.exists()]
        return "\n".join(parts)

    # --- Its files --------------------------------------------------------------------------------

    def _site_file(self) -> str:
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        ours = {
            "listen 80;": f"listen 127.0.0.1:{self.plain_port};",
            "listen 443 ssl http2;": f"listen 127.0.0.1:{self.port} ssl http2;",
            "ticketsite_line 512;": f"ticketsite_line {self._line};",
            "/run/ticketsite/": f"{self.directory}/",
            "/var/lib/ticketsite/static/": f"{self.directory}/static/",
            "/etc/ssl/ticketsite/": f"{self.directory}/",
        }
        for theirs, mine in ours.items():
            assert theirs in text, f"deploy/nginx.conf says {theirs} no more"
            text = text.replace(theirs, mine)
        return text

    def _make_certificate(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
        today = datetime.datetime.now(datetime.UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - datetime.timedelta(days=1))
            .not_valid_after(today + datetime.timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
            .sign(key, hashes.SHA256())
        )
        (self.directory / "fullchain.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        unencrypted = serialization.NoEncryption()
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, unencrypted)
        (self.directory / "privkey.pem").write_bytes(pem)

    # --- What a client does -----------------------------------------------------------------------

    def trust(self) -> ssl.SSLContext:
        """Believes whoever listens on our port: the certificate is for a name that leads elsewhere."""
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context

    def get(self, path: str, *, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request over TLS; with a body, a POST."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            f"https://127.0.0.1:{self.port}{path}", data=body, headers={"Host": HOST, **named}
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=self.trust()) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()
        except (urllib.error.URLError, ConnectionError):
            return 0, {}, b""
