from .converters import Converters
from .devices import DeviceLevels
from .network import AnalogNetwork, from_analog, to_analog

__all__ = ["AnalogNetwork", "Converters", "DeviceLevels", "from_analog", "to_analog"]
