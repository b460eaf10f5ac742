"""VISA locks on resources, exclusive and shared."""

import threading
import uuid
from collections import Counter
from dataclasses import dataclass, field

from pyvisa import constants
from pyvisa.constants import AccessModes, StatusCode

from .session import Session


@dataclass(slots=True)
class _Held:
    """The holders of one resource, and how often each has locked it."""

    exclusive: Counter[int] = field(default_factory=Counter)
    shared: Counter[int] = field(default_factory=Counter)
    key: str = ""


class Locks:
    """All locks of one VISA library. Waiting for another session takes real time."""

    def __init__(self) -> None:
        self._held: dict[str, _Held] = {}
        self._changed = threading.Condition()

    def __bool__(self) -> bool:
        return bool(self._held)

    def lock(
        self, session: Session, kind: constants.Lock, timeout_ms: int, key: str | None
    ) -> tuple[str, StatusCode]:
        """Lock a resource, waiting for other holders; returns the key of a shared lock."""
        timeout_s = None if timeout_ms == constants.VI_TMO_INFINITE else timeout_ms / 1e3
        with self._changed:
            held = self._held.setdefault(session.resource_name, _Held())
            exclusive = kind == constants.Lock.exclusive
            if not self._changed.wait_for(
                lambda: _free(held, session.number, key, exclusive=exclusive), timeout_s
            ):
                return "", StatusCode.error_resource_locked
            counts = held.exclusive if exclusive else held.shared
            nested = counts[session.number] > 0
            counts[session.number] += 1
            if exclusive:
                code = StatusCode.success_nested_exclusive if nested else StatusCode.success
                return "", code
            held.key = held.key or key or uuid.uuid4().hex
            return held.key, StatusCode.success_nested_shared if nested else StatusCode.success

    def unlock(self, session: Session) -> StatusCode:
        """Release the session's latest lock."""
        with self._changed:
            held = self._held.get(session.resource_name, _Held())
            for counts in (held.exclusive, held.shared):
                if counts[session.number] > 0:
                    counts[session.number] -= 1
                    self._tidy(session.resource_name, held)
                    return StatusCode.success
            return StatusCode.error_session_not_locked

    def release(self, session: Session) -> None:
        """Release every lock of a session that is closed."""
        with self._changed:
            held = self._held.get(session.resource_name)
            if held is not None:
                del held.exclusive[session.number], held.shared[session.number]
                self._tidy(session.resource_name, held)

    def excludes(self, session: Session) -> bool:
        """Return True if another session's lock excludes this one from its resource."""
        with self._changed:
            held = self._held.get(session.resource_name)
            return held is not None and (
                _others(held.exclusive, session.number)
                or (_others(held.shared, session.number) and held.shared[session.number] == 0)
            )

    def state(self, session: Session) -> AccessModes:
        """Return how a session's resource is locked."""
        with self._changed:
            held = self._held.get(session.resource_name, _Held())
            if any(held.exclusive.values()):
                return AccessModes.exclusive_lock
            return AccessModes.shared_lock if any(held.shared.values()) else AccessModes.no_lock

    def _tidy(self, resource_name: str, held: _Held) -> None:
        if not any(held.shared.values()):
            held.key = ""
            if not any(held.exclusive.values()):
                self._held.pop(resource_name, None)
        self._changed.notify_all()


def _free(held: _Held, number: int, key: str | None, *, exclusive: bool) -> bool:
    if _others(held.exclusive, number):
        return False
    if exclusive:
        return not _others(held.shared, number) or held.shared[number] > 0
    return not held.key or key == held.key or held.shared[number] > 0


def _others(counts: Counter[int], number: int) -> bool:
    return any(count > 0 and holder != number for holder, count in counts.items())
