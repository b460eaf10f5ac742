"""The devices of a wafer under needles: one is connected while the chuck is in contact.

Resistance and pinning of a device are those of the lab's device times

    1 + gradient · position / radius + die + device,

with `die` drawn once for all devices of a die and `device` for each, both normal with the given
relative standard deviation; the resistance varies along x, the pinning strength along y. A share of
the devices has no contact, at every touchdown. A device is made when it is first touched, and rests
unchanged, without field, while the chuck is elsewhere.
"""

from dataclasses import replace
from typing import Annotated

import numpy as np
from pydantic import Field

from ....arrays import Floats
from ....validation import Section
from ....wafer_map import Die, WaferMap
from ...device import Device, DeviceParameters

Spread = Annotated[float, Field(ge=0, le=0.3)]
Gradient = Annotated[float, Field(ge=-0.5, le=0.5)]

Place = tuple[Die, int]
"""A die and the number of the site on it."""


class Variation(Section):
    """Relative variation of one quantity over a wafer: from its centre to its edge, and drawn."""

    gradient: Gradient = 0.0
    die: Spread = 0.0
    device: Spread = 0.0


class WaferSection(Section):
    """`[wafer]`: the map, the sites of each die, and how its devices differ."""

    map: WaferMap
    sites: Annotated[int, Field(ge=1, le=1000)] = 1
    resistance: Variation = Variation()
    pinning: Variation = Variation()
    no_contact: Annotated[float, Field(ge=0, le=1)] = 0.0


class WaferDevices:
    """To the circuit, the one device that the needles touch, or open lines."""

    def __init__(self, parameters: DeviceParameters, section: WaferSection, seed: int) -> None:
        self.section = section
        self._parameters = parameters
        self._seed = seed
        self._made: dict[Place, Device] = {}
        self.connected: Device | None = None

    @property
    def dies(self) -> tuple[Die, ...]:
        return self.section.map.dies

    def device(self, place: Place) -> Device:
        """Return the device at a place, made when it is first asked for."""
        if place not in self._made:
            (device,) = self._random(place, 1).integers(0, 2**32, 1)
            self._made[place] = Device(self._varied(place), int(device))
        return self._made[place]

    def has_contact(self, place: Place) -> bool:
        """Return False for a device that no touchdown connects."""
        return bool(self._random(place, 2).random() >= self.section.no_contact)

    def factors(self, place: Place) -> tuple[float, float]:
        """Return what the resistance and the pinning strength of a device are multiplied with."""
        section, (die, _) = self.section, place
        of_die = self._random((die, -1), 3).standard_normal(2)
        of_device = self._random(place, 4).standard_normal(2)
        radius_m = section.map.diameter_m / 2
        factors = [
            1 + each.gradient * along_m / radius_m + each.die * drawn + each.device * own
            for each, along_m, drawn, own in zip(
                (section.resistance, section.pinning),
                section.map.centre_m(die),
                of_die,
                of_device,
                strict=True,
            )
        ]
        return max(factors[0], 0.05), max(factors[1], 0.05)

    def touch(self, place: Place | None) -> bool:
        """Connect the device at a place, or none; return True if open lines are now connected."""
        were_open = self.connected is None
        self.connected = (
            None if place is None or not self.has_contact(place) else self.device(place)
        )
        return were_open and self.connected is not None

    def drive(
        self,
        track_voltage_V: float,
        duration_s: float,
        field_T: float = 0.0,
        rise_s: float = 0.0,
        fall_s: float = 0.0,
    ) -> None:
        """Apply a voltage between IN and CLK of the connected device."""
        if self.connected is not None:
            self.connected.drive(track_voltage_V, duration_s, field_T, rise_s, fall_s)

    def junction_voltage_V(self, current_A: float, integration_s: float) -> Floats:
        """Source a current into the connected device; return the voltage, (1,), 0 without one."""
        if self.connected is None:
            return np.zeros(1)
        return self.connected.junction_voltage_V(current_A, integration_s)

    def junction_current_A(self, voltage_V: float, integration_s: float) -> Floats:
        """Source a voltage across the connected device and return the current, (1,)."""
        if self.connected is None:
            return np.zeros(1)
        return self.connected.junction_current_A(voltage_V, integration_s)

    def resistance_ohm(self, bias_V: float = 0.0) -> Floats:
        """Return the noiseless resistance at a bias, (1,), inf without a device."""
        if self.connected is None:
            return np.full(1, np.inf)
        return self.connected.resistance_ohm(bias_V)

    def _varied(self, place: Place) -> DeviceParameters:
        resistance, pinning = self.factors(place)
        parameters = self._parameters
        junction = parameters.junction
        area = junction.resistance_area_ohm_m2 * resistance
        return replace(
            parameters,
            junction=replace(junction, resistance_area_ohm_m2=area),
            notches=tuple(
                replace(
                    notch,
                    fitted_factor=notch.fitted_factor * pinning,
                    fitted_factor_to_IN=(
                        None
                        if notch.fitted_factor_to_IN is None
                        else notch.fitted_factor_to_IN * pinning
                    ),
                )
                for notch in parameters.notches
            ),
        )

    def _random(self, place: Place, purpose: int) -> np.random.Generator:
        (column, row), site = place
        offset = 1 << 20  # seeds are not negative
        words = [self._seed, *b"wafer", purpose, column + offset, row + offset, site + 1]
        return np.random.default_rng(words)
