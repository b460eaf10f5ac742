from .comparison import Comparison, compare_models
from .file import model_document, model_json, parse_model, read_model
from .model import LevelState, Pulses, Quantity, Source, StateModel
from .sampling import SampledDevice, draw_device, most_likely
from .store import find_model, model_of

__all__ = [
    "Comparison",
    "LevelState",
    "Pulses",
    "Quantity",
    "SampledDevice",
    "Source",
    "StateModel",
    "compare_models",
    "draw_device",
    "find_model",
    "model_document",
    "model_json",
    "model_of",
    "most_likely",
    "parse_model",
    "read_model",
]
