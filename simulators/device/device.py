"""The simulated device: one or many DW-MTJs and their state."""

from contextlib import AbstractContextManager, nullcontext
from copy import copy
from math import exp, log, sqrt
from threading import Lock
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from .depinning import BOLTZMANN_J_per_K, field_per_current_density, site_table
from .errors import DeviceError
from .kernel import DRIVE, PHYSICS, STATE, drive_all, drive_few, place_all
from .noise import OCTAVES_s, octave_memory, octave_weight, seed_streams
from .parameters import DeviceParameters
from .pulsed import pulsed_table
from .readout import JUNCTION, read_all, read_few, resistances_ohm
from .track import junction_outline, track_resistance_ohm
from .travel import divide_way

PerDevice = float | NDArray[np.float64]
"""One value for all devices, or an array of one value for each."""

_FEW = 4096
"""Largest number of devices for which one thread is faster than all cores."""
_NEGLIGIBLE = 40.0
"""Escape probabilities below exp(-40) per drive are set to zero."""


_ALL_CORES = Lock()
"""Numba's threads serve one caller at a time; two at once end the process."""


def _exclusive(count: int) -> AbstractContextManager[object]:
    return nullcontext() if count <= _FEW else _ALL_CORES


class Device:
    """`count` devices of one kind, each with its own random stream, starting antiparallel.

    Device i depends on the seed, on i and on its own drives, not on the other devices nor on the
    number of threads. Positive track voltage drives the wall from IN to CLK.
    """

    def __init__(
        self,
        parameters: DeviceParameters,
        seed: int = 1,
        count: int = 1,
        *,
        state: NDArray[Any] | None = None,
    ) -> None:
        """Create devices, or continue with the `state`, shape (count,), of earlier ones.

        Raises DeviceError for parameters of a device that cannot exist, such as a notch that cuts
        the track through.
        """
        if count < 1 or seed < 0:
            raise DeviceError(
                f"A device needs count ≥ 1 and seed ≥ 0, not count={count} and seed={seed}."
            )
        self.parameters = parameters
        self.count = count
        self.track_resistance_ohm = track_resistance_ohm(parameters.track)
        self._sites = site_table(parameters)
        self._pulsed = pulsed_table(parameters.notches)
        self._way = divide_way(parameters, self._sites)
        self._outline = junction_outline(parameters.track, parameters.junction)
        self._physics = _physics(parameters, self.track_resistance_ohm)
        self._junction = _junction(parameters, self._outline[-1, 2])
        self._state = np.zeros(count, STATE) if state is None else state
        if state is None:
            seed_streams(self._state, seed)
            place_all(self._state, self._sites, 0)
        self._flicker = np.zeros((count, len(OCTAVES_s)))
        self._since_reading_s = np.inf
        self._drive = np.zeros(1, DRIVE)
        self._scalar = np.zeros(1)

    def part(self, start: int, stop: int) -> Self:
        """Return a view of devices start to stop - 1, which shares their state."""
        part = copy(self)
        part.count = stop - start
        part._state, part._flicker = self._state[start:stop], self._flicker[start:stop]
        part._since_reading_s = np.inf
        part._drive, part._scalar = np.zeros(1, DRIVE), np.zeros(1)
        return part

    @property
    def state(self) -> NDArray[Any]:
        """The full state of the devices, shape (count,), a structured array."""
        return self._state

    def drive(
        self,
        track_voltage_V: PerDevice,
        duration_s: float,
        field_T: float = 0.0,
        rise_s: float = 0.0,
        fall_s: float = 0.0,
    ) -> None:
        """Apply a voltage between IN and CLK, scalar or shape (count,), under a constant field.

        `duration_s` is the full width at half maximum of a trapezoidal pulse, or the length of a
        hold or a rest (0 V). The track keeps its warmth, so pulses in a train need their rests.
        Raises DeviceError for a negative time, or for edges that the width cannot hold.
        """
        if min(rise_s, fall_s, duration_s - (rise_s + fall_s) / 2) < 0:
            raise DeviceError(
                f"A pulse of {duration_s} s at half maximum cannot have edges of {rise_s} s and "
                f"{fall_s} s: make the width at least half their sum, and no time negative."
            )
        self._set_drive(duration_s, field_T, rise_s, fall_s)
        voltage_V, stride = self._per_device(track_voltage_V)
        run = drive_few if self.count <= _FEW else drive_all
        with _exclusive(self.count):
            run(
                self._state, self._sites, self._pulsed, self._way, self._physics, self._drive,
                voltage_V, stride,
            )  # fmt: skip
        self._since_reading_s += duration_s

    def place(self, site: int) -> None:
        """Pin the wall of every device at a site, as if it had moved there; see `site`.

        Raises DeviceError for a site that the device does not have.
        """
        if not 0 <= site < len(self._sites):
            raise DeviceError(f"There is no site {site}: the last one is {len(self._sites) - 1}.")
        place_all(self._state, self._sites, site)

    def junction_voltage_V(self, current_A: PerDevice, integration_s: float) -> NDArray[np.float64]:
        """Source a current through the junction and return its voltage, shape (count,).

        The reading is averaged over `integration_s` and has read noise. A voltage above breakdown
        destroys the junction. Raises DeviceError unless the time is positive.
        """
        return self._read(current_A, integration_s, sources_current=True)

    def junction_current_A(self, voltage_V: PerDevice, integration_s: float) -> NDArray[np.float64]:
        """Source a voltage across the junction and return its current, shape (count,).

        The reading is averaged over `integration_s` and has read noise. A voltage above breakdown
        destroys the junction. Raises DeviceError unless the time is positive.
        """
        return self._read(voltage_V, integration_s, sources_current=False)

    def resistance_ohm(self, bias_V: float = 0.0) -> NDArray[np.float64]:
        """Return the noiseless resistance of the junction at a bias, shape (count,)."""
        out = np.empty(self.count)
        resistances_ohm(self._state, self._sites, self._outline, self._junction, bias_V, out)
        return out

    @property
    def site(self) -> NDArray[np.int64]:
        """The site of the wall, shape (count,).

        0 is no wall (antiparallel), 1 … n are the notches, n + 1 is no wall (parallel).
        """
        return np.array(self._state["site"])

    @property
    def broken(self) -> NDArray[np.bool_]:
        """True where the junction was destroyed, by voltage or heat, shape (count,)."""
        return np.array(self._state["broken"])

    def _per_device(self, value: PerDevice) -> tuple[NDArray[np.float64], int]:
        if isinstance(value, (int, float)):
            self._scalar[0] = value
            return self._scalar, 0
        array = np.ascontiguousarray(value, dtype=np.float64)
        if array.shape not in ((1,), (self.count,)):
            raise DeviceError(
                f"There are {self.count} devices but values of shape {array.shape}: give a scalar "
                f"or one value per device."
            )
        return array, array.size // self.count

    def _read(
        self, source: PerDevice, integration_s: float, sources_current: bool
    ) -> NDArray[np.float64]:
        if integration_s <= 0:
            raise DeviceError(f"An integration time of {integration_s} s: make it positive.")
        self._junction["white_V"] = self.parameters.noise.white_V_per_sqrtHz / sqrt(
            2 * integration_s
        )
        memory = octave_memory(self._since_reading_s)
        weight = octave_weight(integration_s) * self.parameters.noise.flicker
        values, stride = self._per_device(source)
        out = np.empty(self.count)
        run = read_few if self.count <= _FEW else read_all
        with _exclusive(self.count):
            run(
                self._state,
                self._sites,
                self._outline,
                self._junction,
                self._flicker,
                memory,
                weight,
                values,
                stride,
                sources_current,
                out,
            )
        self._since_reading_s = integration_s
        return out

    def _set_drive(self, duration_s: float, field_T: float, rise_s: float, fall_s: float) -> None:
        layer = self.parameters.free_layer
        field_P_T = layer.parallel_field_sign * (field_T + layer.stray_field_T)
        total_s = duration_s + (rise_s + fall_s) / 2
        negligible_barrier = log(layer.attempt_rate_Hz * total_s + 1.0) + _NEGLIGIBLE
        barrier = layer.nucleation_barrier_J / (BOLTZMANN_J_per_K * layer.temperature_K)
        height = barrier * max(0.0, 1.0 - abs(field_P_T) / layer.nucleation_field_T) ** 1.5
        reversal = 0.0
        if height < negligible_barrier:
            reversal = 1.0 - exp(-layer.attempt_rate_Hz * total_s * exp(-height))
        self._drive[0] = (
            duration_s,
            duration_s - (rise_s + fall_s) / 2,
            rise_s + fall_s,
            rise_s,
            field_P_T,
            exp(-duration_s / self.parameters.heating.time_constant_s),
            reversal,
            negligible_barrier,
        )


def _physics(parameters: DeviceParameters, track_ohm: float) -> NDArray[Any]:
    layer, heating = parameters.free_layer, parameters.heating
    physics = np.zeros(1, PHYSICS)
    physics[0] = (
        1.0 / track_ohm,
        layer.temperature_K,
        layer.attempt_rate_Hz,
        layer.wall_mobility_m3_per_A_s,
        heating.thermal_resistance_K_per_W / track_ohm,
        heating.damage_temperature_K,
        layer.settling_memory,
        1.0 / field_per_current_density(layer),
    )
    return physics


def _junction(parameters: DeviceParameters, area_m2: float) -> NDArray[Any]:
    junction = np.zeros(1, JUNCTION)
    values = parameters.junction
    junction[0] = (
        area_m2 / values.resistance_area_ohm_m2,
        values.tmr,
        values.tmr_half_voltage_V,
        values.breakdown_voltage_V,
        1.0 / values.short_resistance_ohm,
        0.0,
    )
    return junction


def load_compiled_functions(parameters: DeviceParameters) -> None:
    """Run everything that is compiled on a device of no use, so that no later call has to load it.

    A signal that strikes while numba loads a function leaves numba's lock taken, and every other
    thread waiting for it.
    """
    device = Device(parameters)
    device.drive(0.0, 1e-9)
    device.junction_voltage_V(1e-6, 1e-3)
    device.junction_current_A(1e-3, 1e-3)
    device.resistance_ohm()
