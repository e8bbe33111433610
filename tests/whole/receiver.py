"""Where alerts arrive: a webhook on the loopback, as a phone would show them."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Alert:
    """What arrived, whole, and when, in seconds of the wall clock."""

    at: float
    text: str
    raw: str

    @property
    def case(self) -> int:
        """The number of the case; 0 for a sentence about none."""
        found = re.search(r"第(\d+)号", self.text)
        return int(found[1]) if found else 0


@dataclass
class Receiver:
    """Everything that arrived so far."""

    alerts: list[Alert] = field(default_factory=list)
    port: int = 0

    @property
    def target(self) -> str:
        """Its address, as apprise writes one."""
        return f"json://127.0.0.1:{self.port}/alerts"

    def of(self, case: int, words: str = "") -> list[Alert]:
        """The alerts of a case with these words in them."""
        return [alert for alert in list(self.alerts) if alert.case == case and words in alert.text]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens until the end of the block."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            at, length = time.time(), int(self.headers.get("content-length", 0))
            raw = self.rfile.read(length).decode()
            receiver.alerts.append(Alert(at, str(json.loads(raw).get("message", "")), raw))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
