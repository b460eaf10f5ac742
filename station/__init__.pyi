from .client import Station
from .errors import StationError
from .messages import (
    Activity,
    BenchDescription,
    HandReading,
    InstrumentState,
    Job,
    LevelOfModel,
    MeasuredDevice,
    NewJob,
    RunProgress,
    SequenceProgress,
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
    "LevelOfModel",
    "MeasuredDevice",
    "NewJob",
    "RunProgress",
    "SequenceProgress",
    "Station",
    "StationError",
    "StationMessage",
    "StationState",
    "StopProgress",
]
