from .catalogue import PROTOCOLS, make_protocol
from .errors import ProtocolError
from .field import MinorLoop, Saturate
from .measurement_sequence import MeasurementSequence
from .procedure import BenchProcedure, PulsedProcedure
from .pulsed import RepeatedRamp, Reset, StaircaseWrite, WriteResetCycling
from .read_array import ReadArray
from .read_series import ReadSeries
from .run_events import Event, Listener, PointMeasured, RunEnded, RunStarted
from .runner import RunOutcome, run
from .write_plan import WritePlan
from .write_verify import WriteVerify

__all__ = [
    "PROTOCOLS",
    "BenchProcedure",
    "Event",
    "Listener",
    "MeasurementSequence",
    "MinorLoop",
    "PointMeasured",
    "ProtocolError",
    "PulsedProcedure",
    "ReadArray",
    "ReadSeries",
    "RepeatedRamp",
    "Reset",
    "RunEnded",
    "RunOutcome",
    "RunStarted",
    "Saturate",
    "StaircaseWrite",
    "WritePlan",
    "WriteResetCycling",
    "WriteVerify",
    "make_protocol",
    "run",
]
