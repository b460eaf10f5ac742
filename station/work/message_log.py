"""What a station tells its operator: the latest messages, also written to its log."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from ..messages import StationMessage

log = logging.getLogger(__name__)

KEPT = 500
STORE = "dwmtj.storage"
_LEVELS = {"info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


class MessageLog:
    """Messages in order; their numbers rise beyond the life of a process.

    `note` is called with the event and the text of each message about one that people may be told.
    """

    def __init__(self) -> None:
        self.note: Callable[[str, str], None] = lambda _event, _text: None
        self._lock = threading.Lock()
        self._kept: deque[StationMessage] = deque(maxlen=KEPT)
        self._next = time.time_ns() // 1_000_000  # fewer than one message in a millisecond

    def add(self, level: str, text: str, details: str = "", event: str = "") -> None:
        """Add a message of level "info", "warning" or "error"; an error is the event "failure".

        The other events are "end", "guard" and "milestone".
        """
        log.log(_LEVELS[level], "%s%s", text, f"\n{details}" if details else "")
        with self._lock:
            message = StationMessage(self._next, datetime.now(UTC), level, text, details)
            self._kept.append(message)
            self._next += 1
        if event or level == "error":
            self.note(event or "failure", text)

    def after(self, number: int) -> tuple[StationMessage, ...]:
        """Return the messages with a higher number."""
        with self._lock:
            return tuple(message for message in self._kept if message.number > number)

    @contextmanager
    def telling_of_the_store(self) -> Iterator[None]:
        """Tell what the store warns of meanwhile, such as a database that was deleted."""
        handler, logger = _Handler(self), logging.getLogger(STORE)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)


class _Handler(logging.Handler):
    def __init__(self, messages: MessageLog) -> None:
        super().__init__(logging.WARNING)
        self._messages = messages

    def emit(self, record: logging.LogRecord) -> None:
        self._messages.add("error", record.getMessage())
