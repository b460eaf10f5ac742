from .adaptive.threshold import AdaptiveThreshold
from .adaptive.write_plan import WritePlan
from .adaptive.write_verify import WriteVerify
from .catalogue import PROTOCOLS, make_protocol
from .current_sweep import CurrentSweep
from .endurance import Endurance
from .errors import ProtocolError, StopConditionError
from .field import MajorLoop, MinorLoop, Saturate
from .measurement_sequence import MeasurementSequence
from .procedure import BenchProcedure, PulsedProcedure
from .pulse_train import PulseTrain, SwitchingProbability
from .pulsed import RepeatedRamp, Reset, StaircaseWrite, WriteResetCycling
from .read_array import ReadArray
from .read_series import ReadSeries
from .retention import Retention
from .running.run_control import RunControl
from .running.run_events import (
    Event,
    Listener,
    PointMeasured,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from .running.runner import RunOutcome, run

__all__ = [
    "PROTOCOLS",
    "AdaptiveThreshold",
    "BenchProcedure",
    "CurrentSweep",
    "Endurance",
    "Event",
    "Listener",
    "MajorLoop",
    "MeasurementSequence",
    "MinorLoop",
    "PointMeasured",
    "ProtocolError",
    "PulseTrain",
    "PulsedProcedure",
    "ReadArray",
    "ReadSeries",
    "RepeatedRamp",
    "Reset",
    "Retention",
    "RunControl",
    "RunEnded",
    "RunOutcome",
    "RunPaused",
    "RunResumed",
    "RunStarted",
    "Saturate",
    "StaircaseWrite",
    "StopConditionError",
    "SwitchingProbability",
    "WritePlan",
    "WriteResetCycling",
    "WriteVerify",
    "make_protocol",
    "run",
]
