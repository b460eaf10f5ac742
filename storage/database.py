"""What the store needs of a database, whichever engine keeps it; see `storage.engines`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from sqlalchemy import Connection, Engine, Select

from .location import Place

if TYPE_CHECKING:
    import numpy.typing as npt  # takes longer to import than the room

LOCK_TIMEOUT_S = 10.0  # how long to wait for another process's lock
Row: TypeAlias = tuple[object, ...]
"""A row of the table of points, in the order of its columns, `extra` as JSON text."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something found by a check; a problem is what no dwmtj leaves behind."""

    text: str
    is_problem: bool = True


@dataclass(frozen=True, slots=True)
class PointColumns:
    """Points of a run as arrays: integers (3, n), measured (8, n) with NaN for NULL, texts (2, n).

    `codes` number the texts `distinct` of each column, -1 for NULL; `extra_rows` have an extra.
    """

    integers: "npt.NDArray[Any]"
    measured: "npt.NDArray[Any]"
    codes: "npt.NDArray[Any]"
    distinct: list[tuple[str, ...]]
    extra_rows: "npt.NDArray[Any]"


class PointConnection(Protocol):
    """The connection of a run's writer. Each call is a transaction of its own."""

    def add(self, row: Row) -> None:
        """Commit a point; raises the driver's error."""
        ...

    def add_all(self, rows: Iterable[Row]) -> int:
        """Commit points, all or none, and return how many; raises the driver's error."""
        ...

    def close(self) -> None: ...


class Database(ABC):
    """An open database, of the current schema or one that can be read as if it were."""

    place: Place
    read_only: bool
    engine: Engine  # for writing
    reader: Engine  # for reading: what a session of it reads is of one moment

    @property
    def is_current(self) -> bool:
        """True if the tables are those of this version, without views that complete them."""
        return True

    @abstractmethod
    def lock(self, connection: Connection) -> None:
        """Let no other process begin, resume or change runs until the transaction ends."""

    @abstractmethod
    def point_connection(self) -> PointConnection:
        """Return a new connection for points; raises the driver's error."""

    @abstractmethod
    def insert_points(self, connection: Connection, rows: Iterable[Row]) -> int:
        """Insert points within a transaction, and return how many."""

    @staticmethod
    @abstractmethod
    def utc_time(value: Any) -> datetime:
        """Return a time as the driver has it: fast, for rows that SQLAlchemy does not convert."""

    @abstractmethod
    def numbers(self, connection: Connection, statement: Select[Any]) -> "npt.NDArray[Any]":
        """Return the rows of numbers or truths as float64 (rows, columns), NaN for NULL."""

    @abstractmethod
    def point_columns(self, connection: Connection, run_id: int, last: int) -> PointColumns | None:
        """Return the points up to number `last`, fast; None if rows of the driver have to do."""

    @abstractmethod
    def check(self, connection: Connection) -> Iterator[Finding]:
        """Yield what is wrong with the database itself, and which files beside it hold runs."""

    def interruptible(self, _connection: Connection) -> AbstractContextManager[None]:
        """Let Ctrl-C end a statement that reads for minutes: KeyboardInterrupt is raised."""
        return nullcontext()

    @abstractmethod
    def rescue_if_lost(self, connection: PointConnection, run_id: int) -> str | None:
        """Move to another place with everything, if the database is gone, and return a warning."""
