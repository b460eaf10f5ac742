from .errors import TraceError
from .reader import Event, Trace, read_trace
from .steps import Step, step, step_of_each, traced
from .summary import InstrumentSummary, summarise
from .tracing import trace_to

__all__ = [
    "Event",
    "InstrumentSummary",
    "Step",
    "Trace",
    "TraceError",
    "read_trace",
    "step",
    "step_of_each",
    "summarise",
    "trace_to",
    "traced",
]
