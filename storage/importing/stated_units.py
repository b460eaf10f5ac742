"""Units that a file states, in the names of its columns or in a line under them."""

from collections.abc import Iterator, Sequence
from math import isclose

from ..errors import ImportFileError
from .body import Body
from .columns import PLAIN, QUANTITIES, Column, dimensions, with_unit
from .plausible import UNUSUAL
from .units import Unit, other_measure, split_name, stated_unit


def columns_with_units(
    body: Body, columns: Sequence[Column], *, accept_unusual: bool
) -> list[Column]:
    """Return the columns, those without a unit in that of the file.

    Raises ImportFileError where the file states another unit than the mapping, unless
    `accept_unusual`, and where neither states any.
    """
    found = []
    for column in columns:
        stated = list(units_of(body, body.table.position(column.name)))
        if column.target.stem in QUANTITIES and column.target.unit is None:
            if not accept_unusual and stated:
                _check(body, with_unit(column, stated[0]), ())
            found.append(_with_stated(body, column, stated))
            continue
        if not accept_unusual:
            _check(body, column, stated)
        found.append(column)
    return found


def units_of(body: Body, at: int) -> Iterator[str]:
    """Yield each unit that the file states for a column, from its name on."""
    name = body.table.header[at]
    unit = split_name(name)[1]
    if unit is not None:
        yield unit
    yield from _unit_column(body, at)
    for line in body.header_lines:
        text = line[at].strip().strip("()[]{}")
        unit = text if stated_unit(text) is not None else split_name(text)[1]
        if unit is not None:
            yield unit


def _unit_column(body: Body, at: int) -> Iterator[str]:
    """Yield the unit in a column of units beside this one; raises ImportFileError for several."""
    header = body.table.header
    own = (f"{header[at]} unit".casefold(), f"{header[at]} units".casefold())
    for place, name in enumerate(header):
        beside = place == at + 1 and name.casefold() in ("unit", "units")
        if not beside and name.casefold() not in own:
            continue
        first: str | None = None
        for row, cell in enumerate(body.table.cells(place)):
            text = cell.strip() if isinstance(cell, str) else ""
            if stated_unit(text) is None or text == first:
                continue
            if first is not None:
                raise ImportFileError(
                    f"{body.table.place(row)}: the unit of {header[at]} changes from {first} to "
                    f"{text}; write the column in one unit, or import the rows of each with "
                    f"--where {name}={first}."
                )
            first = text
            yield text


def _with_stated(body: Body, column: Column, stated: Sequence[str]) -> Column:
    for unit in stated:
        return with_unit(column, unit)
    raise ImportFileError(
        f"{body.table.name} states no unit of {column.name!r}; give it, as in "
        f"{column.name}={QUANTITIES[column.target.stem]}."
    )


def _check(body: Body, column: Column, stated: Sequence[str]) -> None:
    name = body.table.header[body.table.position(column.name)]
    if column.target.stem in QUANTITIES and (other := other_measure(name)):
        raise ImportFileError(
            f"{body.table.name}: the column {name!r} is {other}, but mapped to "
            f"{column.target.stem}; map another column, or {UNUSUAL}."
        )
    for text in stated:
        unit = stated_unit(text)
        if unit is not None and not _agrees(column, unit):
            target = column.quantity if column.target.stem in ("", *PLAIN) else _spelled(column)
            raise ImportFileError(
                f"{body.table.name}: the column {name!r} is in {text}, but mapped to "
                f"{target}; correct the mapping, or {UNUSUAL}."
            )


def _agrees(column: Column, unit: Unit) -> bool:
    stem = column.target.stem
    if stem not in QUANTITIES:
        return column.quantity == "phase" or unit.dimension == "time"
    same = isclose(abs(column.target.factor), unit.factor, rel_tol=1e-6)
    same = same and isclose(abs(column.target.offset), abs(unit.offset))
    return unit.dimension in dimensions(stem) and same


def _spelled(column: Column) -> str:
    return f"{column.target.stem}_{column.target.unit}"
