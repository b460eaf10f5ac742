"""Where every run is kept: what was set, what was read, with what, by which code, on which device.

One SQLite file holds the tables of `schema`; a Store opens it, begins and resumes runs, and lists,
loads and exports them. Points are committed one by one, and readers never hold up a run.
"""

from storage.calibrations import CalibrationRecord
from storage.errors import StoreError
from storage.location import database_path
from storage.points import Point
from storage.records import AttemptRecord, RunRecord, RunSummary
from storage.results import ResultRecord
from storage.schema import Status
from storage.store import Store
from storage.writer import RunWriter

__all__ = [
    "AttemptRecord",
    "CalibrationRecord",
    "Point",
    "ResultRecord",
    "RunRecord",
    "RunSummary",
    "RunWriter",
    "Status",
    "Store",
    "StoreError",
    "database_path",
]
