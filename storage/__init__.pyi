from .calibrations import CalibrationRecord
from .errors import ImportFileError, StoreError
from .location import Place, database_place
from .output_file import OutputFileError, atomic_write, check_overwrite
from .phase import Phase
from .points import Point
from .records import AttemptRecord, RunRecord, RunSummary, WarningRecord
from .results import ResultRecord
from .schema import Status
from .store import Store
from .writing.run_warnings import store_warnings
from .writing.writer import RunWriter

__all__ = [
    "AttemptRecord",
    "CalibrationRecord",
    "ImportFileError",
    "OutputFileError",
    "Phase",
    "Place",
    "Point",
    "ResultRecord",
    "RunRecord",
    "RunSummary",
    "RunWriter",
    "Status",
    "Store",
    "StoreError",
    "WarningRecord",
    "atomic_write",
    "check_overwrite",
    "database_place",
    "store_warnings",
]
