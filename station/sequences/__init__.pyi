from .errors import SequenceError
from .file import RunSequence, SequenceDevice, SequenceStep, load_sequence
from .forecast import Forecast, StepForecast, forecast
from .night import Night, StepOutcome, nights
from .plan import Plan, plan_of
from .report import write_night_report

__all__ = [
    "Forecast",
    "Night",
    "Plan",
    "RunSequence",
    "SequenceDevice",
    "SequenceError",
    "SequenceStep",
    "StepForecast",
    "StepOutcome",
    "forecast",
    "load_sequence",
    "nights",
    "plan_of",
    "write_night_report",
]
