"""The options that say how a file of another program is read."""

from enum import StrEnum
from typing import Annotated, Literal

import typer


class DecimalMark(StrEnum):
    """The decimal mark of a file."""

    POINT = "point"
    COMMA = "comma"


MapsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--map",
        "-m",
        metavar="COLUMN=QUANTITY",
        help="Quantity and unit of a column, named or numbered from 1; repeatable.",
    ),
]
ImportedProtocolOption = Annotated[
    str | None,
    typer.Option(help="Protocol the file was measured with.", show_default="staircase-write"),
]
ConstantsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="QUANTITY=NUMBER", help="Value that holds for every row; repeatable."
    ),
]
WhereOption = Annotated[
    list[str] | None,
    typer.Option(metavar="COLUMN=VALUE", help="Only rows with this value; repeatable."),
]
TableOption = Annotated[
    str | None, typer.Option(help="Sheet, dataset or run of a file with several.")
]
DecimalOption = Annotated[
    DecimalMark | None, typer.Option(help="Decimal mark, if the file leaves it open.")
]
DropEqualOption = Annotated[
    bool, typer.Option("--drop-equal", help="Drop rows that repeat an earlier one.")
]
AcceptUnusualOption = Annotated[
    bool,
    typer.Option(
        "--accept-unusual",
        help="Accept magnitudes, units and several devices that are refused otherwise.",
    ),
]


def decimal_of(mark: DecimalMark | None) -> Literal[".", ","] | None:
    """Return the mark as it stands in numbers."""
    return None if mark is None else "," if mark is DecimalMark.COMMA else "."
