"""What is said to an instrument: questions, checked replies, settings that are read back."""

import logging
import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeVar

from .connection import discard_input
from .errors import BenchError, ExchangeError
from .faults import error_text, no_error, raise_queued_errors, shown, translate_errors

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


class Dialogue:
    """The questions to one instrument through its driver; `name` begins every error's sentence.

    A reply that is not as it should be is asked for once more, on an emptied line; the second one
    is raised, as a BenchError or as the ExchangeError that it was.
    """

    def __init__(self, name: str, driver: Any) -> None:
        self.name = name
        self._driver = driver

    def ask(self, query: str) -> str:
        """Return the reply; raises ExchangeError if there is none."""
        with translate_errors(self.name):
            return str(self._driver.ask(query)).strip()

    def ask_number(self, query: str) -> float:
        """Return a reply that is one number; raises ExchangeError for anything else."""
        return number(self.name, self.ask(query))

    def send(self, message: str) -> None:
        """Send a message without a reply."""
        with translate_errors(self.name):
            self._driver.write(message)

    def confirm_number(self, query: str, wanted: float, tolerance: float, what: str) -> None:
        """Read a number back; raises BenchError, with `what` it is, if it is not as it was set."""

        def problem(value: float) -> str:
            if abs(value - wanted) <= tolerance:
                return ""
            return f"{self.name} has {value:g} as its {what} where {wanted:g} was set."

        self.confirmed(lambda: self.ask_number(query), problem)

    def resync(self) -> None:
        """Discard what nobody has read, so that the next reply is that of the next question."""
        with translate_errors(self.name):
            discard_input(self._driver)

    def check_errors(self) -> None:
        """Empty the instrument's error queue; raises BenchError if anything was in it."""
        raise_queued_errors(self.name, self._driver.ask)

    def confirmed(
        self,
        ask: Callable[[], Reply],
        problem_with: Callable[[Reply], str],
        before_asking_again: Callable[[], None] = lambda: None,
    ) -> Reply:
        """Return a reply without a problem, which `problem_with` states in a sentence."""
        try:
            return _without_problem(ask, problem_with)
        except BenchError as problem:
            log.warning("%s Asking again.", problem)
        before_asking_again()
        self.resync()
        return _without_problem(ask, problem_with)

    def confirm(self, settings: Sequence[Setting]) -> None:
        """Read settings and the error queue back in one query.

        Raises BenchError that names what is not as it was set, or the instrument's error.
        """
        query = self._compound([setting.query for setting in settings])
        reported: list[str] = []

        def problem(reply: str) -> str:
            replies = reply.split(self._separator, len(settings))
            if len(replies) != len(settings) + 1:
                return f"{self.name} replied {shown(reply)} to {query}."
            if error := self._error_in(replies[-1]):
                reported.append(error)
                return ""  # asked again, the instrument would have forgotten it
            for setting, value in zip(settings, replies, strict=False):
                if not _agrees(self.name, setting, value):
                    return (
                        f"{self.name} has {shown(value)} as its {setting.name} where "
                        f"{setting.wanted} was set."
                    )
            return ""

        self.confirmed(lambda: self.ask(query), problem)
        if reported:
            raise BenchError(f"{self.name} reports an error: {reported[0]}.")

    def confirm_off(self, switch_off: Callable[[], None], query: str) -> None:
        """Switch an output off, twice if need be; raises BenchError unless it is read as off."""

        def off() -> str:
            with translate_errors(self.name):
                switch_off()
            return self.ask(query)

        def problem(reply: str) -> str:
            if self._means_off(reply):
                return ""
            return f"{self.name} was switched off and replied {shown(reply)}: its output may be on."

        self.confirmed(off, problem)

    # What differs where an instrument does not speak SCPI.
    _separator = ";"

    def _compound(self, queries: Sequence[str]) -> str:
        """Return one query for all, followed by that of the error queue."""
        return ";".join([*queries, ERROR_QUERY])

    def _error_in(self, reply: str) -> str:
        """Return the error in the last reply to a compound query; empty if it reports none."""
        return "" if no_error(reply) else error_text(reply)

    def _means_off(self, reply: str) -> bool:
        return reply == "0"


def _agrees(instrument: str, setting: Setting, value: str) -> bool:
    if isinstance(setting.wanted, str):
        return value.strip() == setting.wanted
    return abs(number(instrument, value) - setting.wanted) <= setting.tolerance


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
