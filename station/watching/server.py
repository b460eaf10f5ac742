"""The web server of the page: GET and HEAD at one secret path, on loopback, in threads of its own.

It is a client of the station that only asks for its state. Other users of the computer do not know
the path; pages of other sites are refused by the name that they call this computer.
"""

import hmac
import secrets
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ..errors import StationError
from .page import page_of

LOOPBACK = "127.0.0.1"
NAMES = ("127.0.0.1", "localhost")
REQUEST_TIMEOUT_S = 10.0
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; form-action 'none'"


class WatchServer:
    """Serves the page about the station of a bench, or the only one, until it is closed.

    Raises StationError if the port, 0 for any, is taken.
    """

    def __init__(self, bench: str | None = None, port: int = 0) -> None:
        token = secrets.token_urlsafe(16)

        class Handler(_Handler):
            watched, path_of_page = bench, f"/{token}/"

        try:
            self._server = ThreadingHTTPServer((LOOPBACK, port), Handler)
        except OSError as error:
            raise StationError(
                f"Port {port} of {LOOPBACK} cannot be used ({error.strerror}): give another one."
            ) from error
        self.url = f"http://{LOOPBACK}:{self._server.server_port}/{token}/"
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.1,), name="watch page", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    timeout = REQUEST_TIMEOUT_S
    server_version = "dwmtj"
    sys_version = ""
    watched: str | None = None
    path_of_page = ""

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def __getattr__(self, name: str) -> Any:
        """Return what answers any other method: it is not allowed."""
        if name.startswith("do_"):
            return self._refuse_method
        raise AttributeError(name)

    def log_message(self, *_: Any) -> None:
        """Log nothing: the path is a secret."""

    def _refuse_method(self) -> None:
        self.close_connection = True
        self._send(HTTPStatus.METHOD_NOT_ALLOWED, b"", {"Allow": "GET, HEAD"})

    def _answer(self, *, with_body: bool) -> None:
        host = (self.headers.get("Host") or "").rpartition(":")[0] or self.headers.get("Host")
        if host not in NAMES:
            self._send(HTTPStatus.FORBIDDEN, b"")
            return
        if not hmac.compare_digest(self.path.encode(), self.path_of_page.encode()):
            self._send(HTTPStatus.NOT_FOUND, b"")
            return
        answers, text = page_of(self.watched)
        status = HTTPStatus.OK if answers else HTTPStatus.SERVICE_UNAVAILABLE
        self._send(status, text.encode(), with_body=with_body)

    def _send(
        self,
        status: HTTPStatus,
        content: bytes,
        headers: dict[str, str] | None = None,
        *,
        with_body: bool = True,
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Length": str(len(content)),
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(content)
