"""The largest values a lab has ever seen: what a test of limits compares with the limits."""

from dataclasses import dataclass


@dataclass(slots=True)
class LargestValues:
    """Magnitudes since the lab was set up; nothing resets them, `*RST` included.

    Set points are those that a supply has accepted for what it regulates, with its output on or
    off; levels are those at the device's track, amplifier included, idle levels too; the rest is
    what has flowed and what has been there.
    """

    supply_current_set_A: float = 0.0
    supply_voltage_set_V: float = 0.0
    coil_current_A: float = 0.0
    field_T: float = 0.0
    pulse_level_V: float = 0.0
    junction_current_A: float = 0.0
    junction_voltage_V: float = 0.0

    def see(self, quantity: str, value: float) -> None:
        """Remember a value if its magnitude is the largest of its quantity so far."""
        if abs(value) > getattr(self, quantity):
            setattr(self, quantity, abs(value))
