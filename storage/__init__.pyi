from .calibrations import CalibrationRecord
from .errors import StoreError
from .location import database_path
from .phase import Phase
from .points import Point
from .records import AttemptRecord, RunRecord, RunSummary
from .results import ResultRecord
from .schema import Status
from .store import Store
from .writer import RunWriter

__all__ = [
    "AttemptRecord",
    "CalibrationRecord",
    "Phase",
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
