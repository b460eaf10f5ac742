"""Keithley instruments that speak Lua: a setting is an assignment, a query a `print`."""

import math
from collections.abc import Sequence
from typing import Any

from pymeasure.instruments import Instrument

from ..dialogue import Dialogue, number
from ..errors import BenchError
from ..faults import LONGEST_QUEUE, shown

ERRORS = "errorqueue.count"


class TspInstrument(Instrument):
    """The connection to an instrument that speaks Lua."""

    def __init__(self, adapter: Any, name: str = "Keithley TSP", **kwargs: Any) -> None:
        super().__init__(adapter, name, includeSCPI=False, **kwargs)


class TspDialogue(Dialogue):
    """The questions to an instrument that speaks Lua; a query is an expression."""

    _separator = "\t"

    def check_errors(self) -> None:
        if reported := self._errors():
            raise BenchError(f"{self.name} reports an error: {reported}.")

    def value(self, expression: str) -> str:
        """Return what an expression prints; raises ExchangeError if there is no reply."""
        return self.ask(f"print({expression})")

    def _errors(self) -> str:
        """Empty the error queue; return numbers and texts of what was in it."""
        texts: list[str] = []
        while len(texts) < LONGEST_QUEUE:
            code, _, text = self.value("errorqueue.next()").partition("\t")
            if number(self.name, code) == 0:
                break
            texts.append(shown(f"{number(self.name, code):.0f} {text.partition(chr(9))[0]}"))
        return "; ".join(texts)

    def _compound(self, queries: Sequence[str]) -> str:
        return f"print({','.join([*queries, ERRORS])})"

    def _error_in(self, reply: str) -> str:
        return "" if number(self.name, reply) == 0 else self._errors() or "none that it names"

    def _means_off(self, reply: str) -> bool:
        return lua_number(reply) == 0


def lua_number(text: str) -> float:
    """Return a number, or NaN for what is none."""
    try:
        return float(text)
    except ValueError:
        return math.nan
