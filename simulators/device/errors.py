"""The one exception family of the simulated device."""


class DeviceError(ValueError):
    """A device file or a request to a device that cannot be honoured; the message says why."""
