"""Settings that are read back and replies that are checked before anybody relies on them."""

import logging
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from .errors import BenchError, ExchangeError
from .faults import error_text, no_error, shown

log = logging.getLogger(__name__)

Reply = TypeVar("Reply")

LARGEST_NUMBER = 9.9e37  # SCPI's overflow; 9.91E37 is its "not a number"
ERROR_QUERY = ":SYST:ERR?"


class Setting(NamedTuple):
    """What was set, the query that reads it back, and by how much a number may differ."""

    name: str
    query: str
    wanted: str | float
    tolerance: float = 0.0


def confirm_settings(
    instrument: str,
    ask: Callable[[str], str],
    settings: Sequence[Setting],
    resync: Callable[[], None],
) -> None:
    """Read settings and the error queue back in one query; a wrong reply is asked for once more.

    Raises BenchError that names the setting which is not as it was set, or the instrument's error.
    """
    query = ";".join([*(setting.query for setting in settings), ERROR_QUERY])
    reported: list[str] = []

    def problem(reply: str) -> str:
        replies = reply.strip().split(";", len(settings))
        if len(replies) != len(settings) + 1:
            return f"{instrument} replied {shown(reply)} to {query}."
        if not no_error(replies[-1]):
            reported.append(error_text(replies[-1]))
            return ""  # asked again, the instrument would have forgotten it
        for setting, value in zip(settings, replies, strict=False):
            if not _agrees(instrument, setting, value):
                return (
                    f"{instrument} has {shown(value)} as its {setting.name} where "
                    f"{setting.wanted} was set."
                )
        return ""

    confirmed(lambda: ask(query), problem, resync)
    if reported:
        raise BenchError(f"{instrument} reports an error: {reported[0]}.")


def _agrees(instrument: str, setting: Setting, value: str) -> bool:
    if isinstance(setting.wanted, str):
        return value.strip() == setting.wanted
    return abs(number(instrument, value) - setting.wanted) <= setting.tolerance


def confirm_off(
    instrument: str,
    switch_off: Callable[[], None],
    output: Callable[[], str],
    resync: Callable[[], None],
) -> None:
    """Switch an output off, twice if need be; raises BenchError if it is not read back as off."""

    def off() -> str:
        switch_off()
        return output().strip()

    def problem(reply: str) -> str:
        if reply == "0":
            return ""
        return f"{instrument} was switched off and replied {shown(reply)}: its output may be on."

    confirmed(off, problem, resync)


def confirmed(
    ask: Callable[[], Reply], problem_with: Callable[[Reply], str], resync: Callable[[], None]
) -> Reply:
    """Return a reply without a problem; one with a problem is asked for once more.

    `problem_with` returns a sentence, or nothing; `resync` brings the connection back in step
    before the second question. The second problem is raised: as a BenchError, or as the
    ExchangeError that it was.
    """
    try:
        return _without_problem(ask, problem_with)
    except BenchError as problem:
        log.warning("%s Asking again.", problem)
    resync()
    return _without_problem(ask, problem_with)


def _without_problem(ask: Callable[[], Reply], problem_with: Callable[[Reply], str]) -> Reply:
    reply = ask()
    if problem := problem_with(reply):
        raise BenchError(problem)
    return reply


def number(instrument: str, text: str) -> float:
    """Return a reply that is one number; raises ExchangeError for an overflow or anything else."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < LARGEST_NUMBER:  # also if it is not a number
        raise ExchangeError(f"{instrument} replied {shown(text)} where a number was expected.")
    return value
