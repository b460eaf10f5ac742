"""Steps: actions with arguments, result and duration, nested, for the trace and for the log."""

import inspect
import logging
from collections.abc import Callable, Iterator
from contextvars import ContextVar, Token
from functools import wraps
from time import perf_counter
from types import TracebackType
from typing import Any, ParamSpec, Protocol, Self, TypeVar

from .trace_file import TraceFile

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")
SEPARATOR = "/"

path: ContextVar[str] = ContextVar("path", default="")
"""The steps under way in this thread, the outermost first: "run 3/point 17/fire"."""

trace: TraceFile | None = None
"""The trace being written, if any; set by `trace_to` alone."""


class Step(Protocol):
    """A context; what came of the step is given to `result` before it ends."""

    def result(self, value: object) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


def step(name: str, level: int = logging.DEBUG, **arguments: object) -> Step:
    """Return the context of a step; it is logged at `level` and written to the trace, if any.

    A step must begin and end in one thread, and not reach across the `yield` of a generator.
    """
    if trace is None and not log.isEnabledFor(level):
        return _UNSEEN
    return _Seen(name, level, arguments)


def traced(name: str, level: int = logging.DEBUG) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make every call of a method a step, with its arguments and what it returns."""

    def decorate(method: Callable[P, R]) -> Callable[P, R]:
        names = list(inspect.signature(method).parameters)

        @wraps(method)
        def stepping(*args: P.args, **kwargs: P.kwargs) -> R:
            if trace is None and not log.isEnabledFor(level):
                return method(*args, **kwargs)
            arguments = dict(zip(names, args, strict=False)) | kwargs
            arguments.pop("self", None)
            with _Seen(name, level, arguments) as seen:
                returned = method(*args, **kwargs)
                seen.result(returned)
            return returned

        return stepping

    return decorate


def step_of_each(name: str, items: Iterator[R], first: int = 0) -> Iterator[R]:
    """Return the items; fetching each is a step, `name` and its number, counted from `first`."""
    if trace is None and not log.isEnabledFor(logging.DEBUG):
        return items
    return _fetched(name, items, first)


def _fetched(name: str, items: Iterator[R], number: int) -> Iterator[R]:
    while True:
        with _Seen(f"{name} {number}", logging.DEBUG, {}) as seen:
            try:
                item = next(items)
            except StopIteration:
                seen.result("no more")
                return
            seen.result(item)
        yield item
        number += 1


class _Unseen:
    """A step that nobody records."""

    __slots__ = ()

    def result(self, value: object) -> None: ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


_UNSEEN = _Unseen()


class _Seen:
    """A step that is recorded: a line when it begins, one when it ends."""

    __slots__ = ("_arguments", "_began_s", "_level", "_name", "_path", "_result", "_token")

    def __init__(self, name: str, level: int, arguments: dict[str, Any]) -> None:
        self._name = name
        self._level = level
        self._arguments = arguments
        self._result: object = None

    def result(self, value: object) -> None:
        self._result = value

    def __enter__(self) -> Self:
        above = path.get()
        self._path = f"{above}{SEPARATOR}{self._name}" if above else self._name
        self._token: Token[str] = path.set(self._path)
        self._began_s = perf_counter()
        if trace is not None:
            event = {"operation": "begin", "arguments": self._arguments}
            trace.write(self._began_s, self._path, event)
        if log.isEnabledFor(self._level):
            given = ", ".join(f"{key}={value}" for key, value in self._arguments.items())
            log.log(self._level, "%s begins%s", self._path, given and f": {given}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        took_s = perf_counter() - self._began_s
        outcome = "ok" if error is None else outcome_of(error)
        if trace is not None:
            event = {"operation": "end", "took_s": round(took_s, 6), "result": self._result}
            trace.write(self._began_s, self._path, {**event, "outcome": outcome})
        if log.isEnabledFor(self._level):
            how = self._result if error is None else outcome
            shown = "" if how is None else f": {how}"
            log.log(self._level, "%s ended after %.3f s%s", self._path, took_s, shown)
        path.reset(self._token)


def outcome_of(error: BaseException) -> str:
    """Return an exception in one line: a VISA error by its code, another by its class."""
    code = getattr(error, "abbreviation", type(error).__name__)
    said = getattr(error, "description", str(error)).strip().partition("\n")[0]
    return f"{code}: {said}" if said else code
