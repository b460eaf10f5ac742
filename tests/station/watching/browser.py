"""A real browser, Chromium without a window, driven over its debugging pipe.

Messages are JSON, each ended by a NUL: commands on its file 3, replies and events on its file 4
(chromedevtools.github.io/devtools-protocol).
"""

import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
)
READ_BYTES = 2**16
LAUNCH = """
import fcntl, os, sys
ends = [fcntl.fcntl(int(end), fcntl.F_DUPFD, 10) for end in sys.argv[1:3]]
for wanted, end in zip((3, 4), ends):
    os.dup2(end, wanted)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""Puts the two ends of the pipes where the browser expects them."""


def program() -> str | None:
    """Return the path of Chromium, None where it is not installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page of the browser; `requests` are the addresses that it has asked for."""

    def __init__(self, commands: int, replies: int) -> None:
        self.requests: list[str] = []
        self._commands, self._replies = commands, replies
        self._received = b""
        self._number = 0
        self._session: str | None = None
        target = self._ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self._ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self._ask("Network.enable")

    def resize(self, width: int, height: int) -> None:
        """Show it on a telephone of this size, in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True}
        self._ask("Emulation.setDeviceMetricsOverride", **size)

    def open(self, url: str) -> None:
        self._ask("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of an expression in the page, None while a new page is loading."""
        found = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return found.get("result", {}).get("value")

    def take_screenshot(self, path: Path) -> None:
        path.write_bytes(b64decode(self._ask("Page.captureScreenshot")["data"]))

    def _ask(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": parameters}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        while (reply := self._next())["number"] != self._number:
            if reply["method"] == "Network.requestWillBeSent":
                self.requests.append(reply["params"]["request"]["url"])
        result: dict[str, Any] = reply["result"]
        return result

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._received:
            more = os.read(self._replies, READ_BYTES)
            assert more, "the browser has ended"
            self._received += more
        message, _, self._received = self._received.partition(b"\0")
        found = json.loads(message)
        return {
            "number": found.get("id"),
            "method": found.get("method"),
            "params": found.get("params", {}),
            "result": found.get("result", {}),
        }


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """Open a browser with a fresh profile in the folder, and a page in it."""
    found = program()
    assert found is not None
    its_commands, commands = os.pipe()
    replies, its_replies = os.pipe()
    ends = (str(its_commands), str(its_replies))
    with subprocess.Popen(
        [sys.executable, "-c", LAUNCH, *ends, found, *FLAGS, f"--user-data-dir={folder}"],
        pass_fds=(its_commands, its_replies),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        for end in (its_commands, its_replies):
            os.close(end)
        try:
            yield Page(commands, replies)
        finally:
            process.kill()
            for end in (commands, replies):
                os.close(end)
