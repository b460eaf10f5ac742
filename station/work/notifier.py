"""Messages to people by mail, chat or webhook, sent by apprise in a thread of their own.

What cannot be sent is told in a warning of the station, and disturbs nothing.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any

from ...instruments.bench_file import Notify

log = logging.getLogger(__name__)

MOST_WAITING = 100
END_TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Notice:
    """A message to people; both parts are plain text."""

    title: str
    text: str


class Notifier:
    """Sends what happens to the URLs of a bench file; safe to use from any thread.

    `warn` is called with a sentence about each message that could not be sent.
    """

    def __init__(self, bench: str, settings: Notify | None, warn: Callable[[str], None]) -> None:
        self._bench = bench
        self._events: tuple[str, ...] = () if settings is None else settings.events
        self._warn = warn
        self._waiting: queue.Queue[Notice | None] = queue.Queue(MOST_WAITING)
        # Made here: filters of warnings that another thread sets for a moment can break an import.
        self._services: tuple[tuple[str, Any], ...] = (
            () if settings is None else tuple(self._found(settings.urls))
        )
        self._thread = threading.Thread(target=self._send_all, name="notifier", daemon=True)
        if self._services:
            self._thread.start()

    def note(self, event: str, text: str) -> None:
        """Send a message about an event, if the bench file asks for it; return at once."""
        if not self._services or event not in self._events:
            return
        try:
            self._waiting.put_nowait(Notice(f"{self._bench}: {event}", text))
        except queue.Full:
            log.warning("A message is dropped: %s", text)

    def close(self) -> None:
        """Wait until what was noted is sent, END_TIMEOUT_S at most."""
        if not self._services:
            return
        deadline_s = monotonic() + END_TIMEOUT_S
        try:
            self._waiting.put(None, timeout=END_TIMEOUT_S)
        except queue.Full:
            return
        self._thread.join(max(0.0, deadline_s - monotonic()))

    def _send_all(self) -> None:
        while (notice := self._waiting.get()) is not None:
            for shown, service in self._services:
                try:
                    sent = service.notify(title=notice.title, body=notice.text, body_format="text")
                except Exception:  # whatever a service's plugin raises
                    log.exception("A message could not be sent")
                    sent = False
                if not sent:
                    self._warn(
                        f"A message by {shown} was not taken: check its URL in [notify] of the "
                        "bench file, and the network."
                    )

    def _found(self, urls: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield what sends to each URL, with a name without its secrets."""
        try:
            import apprise  # an extra, and half a second
        except ImportError:
            self._warn("No message is sent: apprise is missing, install dwmtj[notify].")
            return
        for url in urls:
            shown = f"{url.partition('://')[0]}://"
            service = apprise.Apprise()
            if service.add(url):
                yield shown, service
            else:
                self._warn(f"No message by {shown} is sent: its URL in [notify] is not apprise's.")
