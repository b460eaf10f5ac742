"""Who uses a station: clients that follow its state, and those that have left."""

import threading
from time import monotonic

SILENT_S = 30.0  # a client that has not asked for the state as long has gone without leaving


class Clients:
    """The clients of a station; safe to use from any thread.

    A station that is to end with them does so once its last client has left without work for it
    (`have_dismissed`), or `end_unused_after_s` after its last use (`are_gone`); None is for a
    station that stays.
    """

    def __init__(self, end_unused_after_s: float | None) -> None:
        self.end_unused_after_s = end_unused_after_s
        self._lock = threading.Lock()
        self._last_seen_s: dict[str, float] = {}
        self._last_used_s = monotonic()
        self._dismissed = False

    def note_use(self, client: str = "") -> None:
        """Take note that the station is used, by a client that follows its state if it is named."""
        with self._lock:
            self._last_used_s = monotonic()
            if client:
                self._last_seen_s[client] = self._last_used_s
                self._dismissed = False

    def note_leaving(self, client: str, *, has_work: bool) -> None:
        """Take note that a client has left; the last one dismisses a station without work."""
        with self._lock:
            self._last_seen_s.pop(client, None)
            silent_since_s = monotonic() - SILENT_S
            others = any(seen_s > silent_since_s for seen_s in self._last_seen_s.values())
            self._dismissed = not (others or has_work)

    @property
    def have_dismissed(self) -> bool:
        """True if the last client has left without work for the station."""
        return self._dismissed and self.end_unused_after_s is not None

    @property
    def are_gone(self) -> bool:
        """True if nobody has used the station for as long as it waits."""
        limit_s = self.end_unused_after_s
        return limit_s is not None and monotonic() - self._last_used_s > limit_s
