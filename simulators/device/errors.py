"""The one exception family of the simulated device."""

from ...errors import DwmtjError


class DeviceError(DwmtjError, ValueError):
    """A device file or a request to a device that cannot be honoured; the message states why."""
