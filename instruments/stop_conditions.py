"""Conditions that stop a run: the `[stop]` section of a bench file.

A junction is plausible between two resistances. `stop_if` is a comparison of the quantities of a
point, or several joined by `and` and `or`, with parentheses: "resistance_ohm < 40", or
"temperature_K > 310 or leakage_A > 1e-9". A quantity that a point lacks fulfils no comparison.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ..validation import Section
from .errors import BenchError
from .sections import Positive

LONGEST_CONDITION = 1000

ValueOf = Callable[[str], object]
"""Returns a quantity of a point by its name, None if the point lacks it."""

_OPERATORS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed condition: its text, the quantities it names, and whether a point fulfils it."""

    text: str
    quantities: frozenset[str]
    holds: Callable[[ValueOf], bool]


def parse_condition(text: str) -> Condition:
    """Return the condition that a text states; raises BenchError."""
    try:
        tree = _tree(text.strip())
        holds = _truth(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise BenchError(
            f"{text[:80]!r} is not a condition: compare quantities with numbers, such as "
            "resistance_ohm < 40, and join comparisons with and, or, and parentheses."
        ) from error
    names = frozenset(node.id for node in ast.walk(tree) if isinstance(node, ast.Name))
    return Condition(text, names, holds)


def _tree(text: str) -> ast.expr:
    if len(text) > LONGEST_CONDITION:
        raise SyntaxError
    return ast.parse(text, mode="eval").body


def _truth(node: ast.expr) -> Callable[[ValueOf], bool]:
    match node:
        case ast.BoolOp(op=joined, values=values):
            parts = [_truth(value) for value in values]
            every = all if isinstance(joined, ast.And) else any
            return lambda value_of: every(part(value_of) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=others):
            terms = [_number(each) for each in (left, *others)]
            compare = [_OPERATORS[type(op)] for op in ops if type(op) in _OPERATORS]
            if len(compare) == len(ops):
                return lambda value_of: _compare(compare, [term(value_of) for term in terms])
    raise SyntaxError


def _compare(operators: list[Callable[[float, float], bool]], values: list[float | None]) -> bool:
    return all(
        left is not None and right is not None and compare(left, right)
        for compare, left, right in zip(operators, values, values[1:], strict=False)
    )


def _number(node: ast.expr) -> Callable[[ValueOf], float | None]:
    match node:
        case ast.Name(id=name):
            return lambda value_of: _as_number(value_of(name))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as value)):
            negative = -float(value)
            return lambda _: negative
        case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
            number = float(value)
            return lambda _: number
    raise SyntaxError


def _as_number(value: object) -> float | None:
    return value if isinstance(value, int | float) and value == value else None


def _check_condition(text: str) -> str:
    if text:
        try:
            parse_condition(text)
        except BenchError as error:
            raise PydanticCustomError("condition", "is {text}", {"text": str(error)}) from error
    return text


class StopConditions(Section):
    """`[stop]`: when a run stops as failed; `confirmed_by` further readings outside confirm one."""

    minimum_resistance_ohm: Positive | None = None
    maximum_resistance_ohm: Positive | None = None
    confirmed_by: Annotated[int, Field(ge=0, le=1000)] = 2
    stop_if: Annotated[str, AfterValidator(_check_condition)] = ""

    @model_validator(mode="after")
    def _check_window(self) -> Self:
        smallest, largest = self.minimum_resistance_ohm, self.maximum_resistance_ohm
        if smallest is not None and largest is not None and smallest >= largest:
            raise PydanticCustomError(
                "window",
                "minimum_resistance_ohm is {smallest} and maximum_resistance_ohm {largest}: the "
                "first must be smaller",
                {"smallest": smallest, "largest": largest},
            )
        return self

    @property
    def condition(self) -> Condition | None:
        """The parsed `stop_if`, None if it is empty."""
        return parse_condition(self.stop_if) if self.stop_if else None

    def with_stop_if(self, text: str) -> Self:
        """Return these conditions with another `stop_if`, none if `text` is blank.

        Raises BenchError.
        """
        text = text.strip()
        if text:
            parse_condition(text)
        updated: dict[str, Any] = {"stop_if": text}
        return self.model_copy(update=updated)
