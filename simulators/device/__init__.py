"""The DW-MTJ itself, as physics: a wall in a notched track under a tunnel junction.

A `Device` is one device or an array of them. It is driven with voltages on its track and fields,
and read through its junction; it does no I/O and has no clock of its own. `load_device` reads its
parameters from a preset or a TOML file. The physics is spread over `track` (geometry), `depinning`
(thresholds and rates), `kernel` (what a drive does), `readout` (the junction) and `noise`; each
states its equations and where they hold. A `Twin` is driven and read alike, but repeats what was
measured: the transitions of a state model, given as its plain JSON document.
"""

from simulators.device.device import Device
from simulators.device.device_file import device_toml, load_device, presets
from simulators.device.errors import DeviceError
from simulators.device.parameters import (
    Contact,
    DeviceParameters,
    FreeLayer,
    Heating,
    Junction,
    Noise,
    Notch,
    Track,
)
from simulators.device.twin import Twin
from simulators.device.twin_parameters import TwinParameters, twin_parameters

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
