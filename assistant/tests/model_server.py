"""A real HTTP server that speaks chat completions and behaves as a test wants it to: well, slowly or badly."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Script = Callable[[dict[str, Any]], "str | bytes | Iterator[bytes] | int"]


class ModelServer:
    """`says` answers a request: a text as a completion, bytes as a whole body, pieces as they come, a number as a
    status. `asked` are the requests' bodies."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[dict[str, Any]] = []
        self.says: Script = lambda request: "UNKNOWN"
        self.closing = threading.Event()

    @property
    def sent(self) -> str:
        """Everything that was ever sent to it."""
        return json.dumps(self.asked, ensure_ascii=False)


def the_answer(request: dict[str, Any]) -> str:
    """The site's answer that a model is asked to word."""
    return json.loads(request["messages"][-1]["content"])["answer"]


def completion(text: str, tokens: int = 100) -> bytes:
    return json.dumps(
        {
            "id": "1",
            "object": "chat.completion",
            "created": 0,
            "model": "parrot",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
            "usage": {"prompt_tokens": 0, "completion_tokens": tokens, "total_tokens": tokens},
        }
    ).encode()


def slowly(server: ModelServer, pause_s: float = 0.2) -> Iterator[bytes]:
    """A byte at a time, each in time for a client that only waits for the next one."""
    while not server.closing.wait(pause_s):
        yield b" "


def endlessly() -> Iterator[bytes]:
    while True:
        yield b" " * 65536


@contextmanager
def model_server() -> Iterator[ModelServer]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.asked.append(request)
            said = server.says(request)
            if isinstance(said, int):
                self.send_error(said)
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Connection", "close")
            self.end_headers()
            try:
                for piece in (
                    [completion(said)] if isinstance(said, str) else [said] if isinstance(said, bytes) else said
                ):
                    self.wfile.write(piece)
                    self.wfile.flush()
            except OSError:
                return

        def log_message(self, format: str, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server = ModelServer(f"http://127.0.0.1:{http.server_address[1]}/v1")
    threading.Thread(target=http.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield server
    finally:
        server.closing.set()
        http.shutdown()
        http.server_close()
