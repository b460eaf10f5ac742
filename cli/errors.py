"""The errors that are answers: what was asked for is wrong, and the message says what to do."""

from analysis import AnalysisError
from instruments import BenchError
from protocols import ProtocolError
from simulators.bench import LabError
from simulators.device import DeviceError
from simulators.networks import NetworkError
from storage import StoreError

EXPECTED = (
    AnalysisError,
    BenchError,
    DeviceError,
    LabError,
    NetworkError,
    ProtocolError,
    StoreError,
)
