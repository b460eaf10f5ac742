"""Choices of an import that are not about columns."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Which rows are taken, and how doubtful ones are treated.

    `where` are COLUMN=VALUE conditions that all hold. `table` is the sheet, dataset or run of a
    file with several. `decimal` is the decimal mark where the file leaves it open. `drop_equal`
    drops rows that repeat an earlier one. `accept_unusual` takes magnitudes, units and mixtures of
    devices that are refused otherwise.
    """

    where: tuple[str, ...] = ()
    table: str | None = None
    decimal: Literal[".", ","] | None = None
    drop_equal: bool = False
    accept_unusual: bool = False

    @property
    def chosen(self) -> tuple[str, ...]:
        """The part of the file that is taken: its table, and the conditions on rows."""
        return (*((f"table {self.table}",) if self.table else ()), *self.where)
