from .device import Device
from .device_file import device_toml, load_device, presets
from .errors import DeviceError
from .parameters import (
    Contact,
    DeviceParameters,
    FreeLayer,
    Heating,
    Junction,
    Noise,
    Notch,
    Track,
)
from .twin import Twin
from .twin_parameters import TwinParameters, twin_parameters

__all__ = [
    "Contact",
    "Device",
    "DeviceError",
    "DeviceParameters",
    "FreeLayer",
    "Heating",
    "Junction",
    "Noise",
    "Notch",
    "Track",
    "Twin",
    "TwinParameters",
    "device_toml",
    "load_device",
    "presets",
    "twin_parameters",
]
