"""Virtual instruments, SCPI in and SCPI out, wired to one simulated device.

A lab is a device in a declared circuit with its instruments and its own time. `open_lab` sets one
up; PyVISA reaches it as `@dwmtj`, any other program through the ports of a `LabServer`. The room
knows the device and nothing else of the project: whoever drives a lab cannot tell it from a bench.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
