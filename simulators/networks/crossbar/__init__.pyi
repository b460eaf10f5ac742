from .analog_network import AnalogNetwork
from .converters import Converters
from .devices import DeviceLevels
from .network import from_analog, to_analog
from .settings import LayerSettings

__all__ = [
    "AnalogNetwork",
    "Converters",
    "DeviceLevels",
    "LayerSettings",
    "from_analog",
    "to_analog",
]
