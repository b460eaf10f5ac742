"""Copying models and results, which follow the runs, from a database into another one."""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from ..errors import StoreError
from ..schema import Calibration, Result, table_of_rows
from .devices import description, device_id


def copy_calibrations(source: Session, target: Session, numbers: dict[int, int]) -> int:
    """Add models that the target lacks, and return how many; raises StoreError if one differs.

    `numbers` are those of the target's runs, by those of the source's.
    """
    added = 0
    for row in source.scalars(select(Calibration).order_by(Calibration.id)):
        found = target.scalars(
            select(Calibration).filter_by(name=row.name, version=row.version)
        ).first()
        if found is None:
            values = {**_values(row), "device_id": device_id(target, description(row.device))}
            values["source_runs"] = [numbers.get(run, run) for run in row.source_runs]
            target.execute(insert(table_of_rows(Calibration)).values(values))
            added += 1
        elif found.data != row.data:
            raise StoreError(
                f"Model {row.name} of version {row.version} exists in both databases with other "
                "content; the runs are copied, models and results are not."
            )
    return added


def copy_results(source: Session, target: Session) -> int:
    """Add results that the target lacks, and return how many."""
    added = 0
    for row in source.scalars(select(Result).order_by(Result.id)):
        values = _values(row)
        alike = select(Result).filter_by(kind=row.kind, name=row.name, created=row.created)
        if all(each.data != row.data for each in target.scalars(alike)):
            target.execute(insert(table_of_rows(Result)).values(values))
            added += 1
    return added


def _values(row: Calibration | Result) -> dict[str, Any]:
    return {c.key: getattr(row, c.key) for c in table_of_rows(type(row)).columns if c.key != "id"}
