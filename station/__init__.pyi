from .client import Station
from .errors import StationError
from .messages import (
    Activity,
    BenchDescription,
    HandReading,
    InstrumentState,
    Job,
    NewJob,
    RunProgress,
    StationMessage,
    StationState,
    StopProgress,
)

__all__ = [
    "Activity",
    "BenchDescription",
    "HandReading",
    "InstrumentState",
    "Job",
    "NewJob",
    "RunProgress",
    "Station",
    "StationError",
    "StationMessage",
    "StationState",
    "StopProgress",
]
