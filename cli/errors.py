"""The errors that are answers: what was asked for is wrong, and the message says what to do."""

from analysis import AnalysisError
from instruments import BenchError
from protocols import ProtocolError
from simulators.bench import LabError
from simulators.device import DeviceError
from storage import StoreError

EXPECTED = (AnalysisError, BenchError, DeviceError, LabError, ProtocolError, StoreError)
