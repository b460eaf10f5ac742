"""The tables of the database, written to be read as its data dictionary.

A change here needs a new SCHEMA_VERSION and a script in `storage/migrations/versions`.
"""

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Double,
    Enum,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

SCHEMA_VERSION = 7


class Status(StrEnum):
    """The state of a run, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    ABORTED = "aborted"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


class UtcTime(TypeDecorator[datetime]):
    """A time-zone-aware datetime, stored as UTC text: 2025-03-01 22:15:00.000000.

    PostgreSQL has it as a timestamp with time zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """JSON as its text, which may hold NaN and infinity, unlike PostgreSQL's own JSON."""

    impl = Text(collation="C")
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


_JSON = JSON(none_as_null=True).with_variant(JsonText(), "postgresql")


class Base(DeclarativeBase):
    type_annotation_map: ClassVar = {
        int: BigInteger().with_variant(Integer(), "sqlite"),
        float: Double,
        str: Text().with_variant(Text(collation="C"), "postgresql"),  # in any locale alike
        datetime: UtcTime,
        dict[str, Any]: _JSON,
        list[int]: _JSON,
        list[str]: _JSON,
        Status: Enum(
            Status,
            native_enum=False,
            create_constraint=True,
            values_callable=lambda statuses: [status.value for status in statuses],
        ),
    }


def table_of_rows(kind: type[Base]) -> Table:
    """Return the table whose rows a class describes, for statements without the ORM."""
    return Base.metadata.tables[kind.__tablename__]


class Named(Base):
    """Something of the lab that runs name: its name, and notes on it."""

    __abstract__ = True

    name: Mapped[str] = mapped_column(primary_key=True)
    notes: Mapped[str] = mapped_column(default="")


class User(Named):
    """Somebody who measures: the operator of runs."""

    __tablename__ = "users"


class Bench(Named):
    """A bench that measured runs, by the name in its file."""

    __tablename__ = "benches"


class Wafer(Named):
    """A wafer that devices are, or were, on."""

    __tablename__ = "wafers"


class Sample(Named):
    """A piece that is measured as a whole: a chip, a diced part of a wafer."""

    __tablename__ = "samples"


class Device(Base):
    """A device under test, identified by its name; the rest as in the latest bench file.

    `sample` and `wafer` are names of theirs; `die_row` and `die_column` the place on the wafer.
    """

    __tablename__ = "devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    geometry: Mapped[str] = mapped_column(default="")
    notes: Mapped[str] = mapped_column(default="")
    sample: Mapped[str | None]
    wafer: Mapped[str | None]
    die_row: Mapped[int | None]
    die_column: Mapped[int | None]


class Run(Base):
    """One protocol carried out on one device; a resumed run stays the same run.

    Status, message, bench, code version, seed, operator (a user's name) and owner are those of its
    latest attempt.
    """

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    protocol: Mapped[str]
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"), index=True)
    parameters: Mapped[dict[str, Any]]
    points_expected: Mapped[int | None]
    notes: Mapped[str] = mapped_column(default="")

    attempt: Mapped[int] = mapped_column(default=1)  # counts from 1
    status: Mapped[Status] = mapped_column(default=Status.RUNNING)
    message: Mapped[str | None]  # why it failed or was found interrupted
    started: Mapped[datetime]
    resumed: Mapped[datetime | None]  # start of the latest attempt, unless it is the first
    finished: Mapped[datetime | None]  # None while running, and if the end was not observed

    bench: Mapped[dict[str, Any]]  # identities, settings, limits and wiring at the start
    code_version: Mapped[str]
    seed: Mapped[int | None]
    operator: Mapped[str] = mapped_column(default="")
    host: Mapped[str]
    pid: Mapped[int]
    process_started: Mapped[float]  # Unix time in s; distinguishes processes with the same pid
    boot_id: Mapped[str | None]  # of the host, and the start since then: no clock moves them
    process_started_ticks: Mapped[int | None]

    tags: Mapped[list[str] | None]  # words of the operator, to find the run again
    starred: Mapped[bool | None]
    deleted: Mapped[datetime | None]  # time of the deletion, which can be undone; None if listed
    conditions: Mapped[dict[str, Any] | None]  # as the operator stated them, such as temperature_K
    guid: Mapped[str | None] = mapped_column(unique=True, index=True)  # the same in every copy
    bench_name: Mapped[str | None]  # of `bench`, to find the run by

    device: Mapped[Device] = relationship(lazy="joined", innerjoin=True)
    earlier_attempts: Mapped[list["EarlierAttempt"]] = relationship(
        order_by="EarlierAttempt.attempt"
    )


class EarlierAttempt(Base):
    """An attempt at a run that was resumed afterwards, and how it ended."""

    __tablename__ = "earlier_attempts"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status]
    message: Mapped[str | None]
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    bench: Mapped[dict[str, Any]]
    code_version: Mapped[str]
    seed: Mapped[int | None]
    operator: Mapped[str]
    host: Mapped[str]


MEASURED = (
    "time_s",
    "amplitude_V",
    "pulse_width_s",
    "field_T",
    "voltage_V",
    "current_A",
    "resistance_ohm",
    "temperature_K",
)
"""The quantities of a point, each a number or NULL."""


class StoredPoint(Base):
    """One measured point: a `Point` with its place in the run."""

    __tablename__ = "points"
    # Without a rowid, the points of a run are contiguous on disk.
    # The check: SQLite would store an unknown number type, such as NumPy's, as its bytes.
    __table_args__ = (
        CheckConstraint(
            " AND ".join(
                [f"typeof({column}) = 'integer'" for column in ("point", "attempt", "cycle")]
                + [f"typeof({column}) IN ('real', 'null')" for column in MEASURED[:-1]]
            ),
            name="plain_numbers",
        ).ddl_if(dialect="sqlite"),
        CheckConstraint("typeof(temperature_K) IN ('real', 'null')").ddl_if(dialect="sqlite"),
        {"sqlite_with_rowid": False},
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    point: Mapped[int] = mapped_column(primary_key=True)  # counts from 0 through all attempts
    attempt: Mapped[int]
    phase: Mapped[str]
    cycle: Mapped[int]
    time_s: Mapped[float]
    amplitude_V: Mapped[float | None]
    pulse_width_s: Mapped[float | None]
    field_T: Mapped[float | None]
    voltage_V: Mapped[float | None]
    current_A: Mapped[float | None]
    resistance_ohm: Mapped[float | None]
    extra: Mapped[dict[str, Any] | None]  # other quantities by name
    mark: Mapped[str | None]  # why the reading is not to be trusted, if it is not
    temperature_K: Mapped[float | None]


class RunWarning(Base):
    """A warning raised, or logged at level WARNING or above, during an attempt at a run."""

    __tablename__ = "warnings"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    attempt: Mapped[int]
    time: Mapped[datetime]
    source: Mapped[str]  # name of the logger, or of the warning's class
    message: Mapped[str]


class Calibration(Base):
    """A state model of a device; each new one of the same name gets the next version."""

    __tablename__ = "calibrations"
    __table_args__ = (UniqueConstraint("name", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    version: Mapped[int]  # counts from 1
    device_id: Mapped[int] = mapped_column(ForeignKey("devices.id"))
    source_runs: Mapped[list[int]]
    data: Mapped[dict[str, Any]]
    created: Mapped[datetime]

    device: Mapped[Device] = relationship(lazy="joined", innerjoin=True)


class Result(Base):
    """Output of a simulation or an analysis, with what is needed to repeat it."""

    __tablename__ = "results"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    name: Mapped[str]
    configuration: Mapped[dict[str, Any]]
    data: Mapped[dict[str, Any]]
    code_version: Mapped[str]
    seed: Mapped[int | None]
    created: Mapped[datetime]
