"""Draws DW-MTJs at random, of both geometries, whose levels lie as far apart as asked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from dwmtj.arrays import Floats
from dwmtj.simulators.device import Device, DeviceParameters, FreeLayer, Notch, Track, load_device
from dwmtj.simulators.device.pinning import derived_depinning_current_A
from dwmtj.simulators.device.track import (
    junction_outline,
    parallel_fraction,
    track_resistance_ohm,
    width_m,
)

WIDEST_SIGMA = 0.03
"""No level is wider than this share of the range: a seat stays in its notch."""
BIAS_FIELD_T, SATURATION_FIELD_T = -0.004, 0.05
WIDTH_s, EDGE_s, REST_s = 50e-9, 10e-9, 10e-3
PULSES = 120
RARELY = 0.35
"""A level that fewer ladders than this visit is not asked for: the draw is repeated."""
FOR_GOOD = 3.0
"""The last notch is so much stronger that it keeps the wall."""


@dataclass(frozen=True, slots=True)
class RandomDevice:
    """A device, its ladder of pulses (V), and how many σ its nearest levels are apart."""

    geometry: str
    parameters: DeviceParameters
    amplitudes_V: tuple[float, ...]
    read_current_A: float
    separation: float
    ends: DeviceParameters
    """The same device with two nominal notches instead, at both ends of the junction."""

    @property
    def levels(self) -> int:
        return len(self.parameters.notches) + 1

    @property
    def step_V(self) -> float:
        return self.amplitudes_V[1] - self.amplitudes_V[0]


def draw_device(
    rng: np.random.Generator, geometry: str, nearest: tuple[float, float] = (3.0, 40.0)
) -> RandomDevice:
    """Return a device with 2 to 9 levels; the nearest lie `nearest` σ apart, others up to 50."""
    while True:
        device = _draw(rng, geometry, nearest)
        if visits(device, ladders=400, seed=int(rng.integers(2**31))).min() >= RARELY:
            return device


def visits(device: RandomDevice, ladders: int, seed: int) -> Floats:
    """Return which share of ladders of pulses stops in each level, shape (levels,)."""
    sites = climb(device.parameters, device.amplitudes_V, ladders, seed)
    levels = np.arange(device.levels)[:, None, None]
    return np.asarray((sites == levels).any(axis=1).mean(axis=1))


def climb(
    parameters: DeviceParameters,
    amplitudes_V: Sequence[float],
    ladders: int,
    seed: int,
    start: int = 0,
) -> npt.NDArray[np.int64]:
    """Return the sites of the wall after each pulse of a ladder, shape (pulses, ladders)."""
    wall = Device(parameters, seed=seed, count=ladders)
    wall.place(start)
    sites = []
    for amplitude_V in amplitudes_V:
        wall.drive(amplitude_V, WIDTH_s, BIAS_FIELD_T, EDGE_s, EDGE_s)
        wall.drive(0.0, REST_s, BIAS_FIELD_T)
        sites.append(wall.site)
    return np.array(sites)


def _draw(rng: np.random.Generator, geometry: str, nearest: tuple[float, float]) -> RandomDevice:
    preset = load_device("trapezoid")
    track, gradient = _track(rng, geometry)
    layer = replace(
        preset.free_layer,
        dmi_J_per_m2=_dmi_J_per_m2(preset.free_layer, rng.uniform(1e-3, 1e-2)),
        settling_memory=float(rng.choice([0.0, 0.3, 0.6, 0.93])),
    )
    length_m = track.profile_m[-1][0]
    junction = replace(
        preset.junction,
        end_m=length_m,
        resistance_area_ohm_m2=float(np.exp(rng.uniform(np.log(50e-12), np.log(400e-12)))),
        tmr=rng.uniform(0.15, 0.6),
    )
    bare = replace(preset, track=track, free_layer=layer, junction=junction, notches=())
    levels = int(rng.integers(2, 10))
    position_m, deviation_m, separation = _seats(rng, bare, levels, nearest)
    nominal_V = _nominal_V(rng, track, np.r_[0.0, position_m, length_m], gradient)
    wanted_V = _with_lithography(rng, nominal_V[1:-1])
    gap = float(np.diff(wanted_V).min() / wanted_V[0]) if levels > 2 else 0.1
    visit_spread = float(np.clip(gap * rng.uniform(0.15, 1.5), 0.003, 0.1))
    notches = tuple(
        _notch(rng, bare, x, sigma, volt, visit_spread)
        for x, sigma, volt in zip(
            position_m, deviation_m, [*wanted_V[:-1], FOR_GOOD * wanted_V[-1]], strict=True
        )
    )
    parameters = replace(
        bare,
        name=geometry,
        notches=notches,
        in_contact=replace(
            preset.in_contact,
            injection_current_density_A_per_m2=_density(bare, 0.0, 0.75 * wanted_V[0]),
        ),
    )
    low_V, high_V = 0.6 * wanted_V[0], wanted_V[max(0, levels - 3)] * (1 + 4 * visit_spread)
    step_V = round((high_V - low_V) / PULSES, 3)
    amplitudes_V = tuple(np.round(low_V + step_V * np.arange(PULSES + 1), 3).tolist())
    area_m2 = junction_outline(track, junction)[-1, 2]
    return RandomDevice(
        geometry,
        parameters,
        amplitudes_V,
        read_current_A=min(1e-4, float(0.01 * area_m2 / junction.resistance_area_ohm_m2)),
        separation=separation,
        ends=replace(
            parameters,
            notches=tuple(
                _notch(rng, bare, x, 0.0, volt, visit_spread)
                for x, volt in ((1e-9, nominal_V[0]), (length_m - 1e-9, nominal_V[-1]))
            ),
        ),
    )


def _track(rng: np.random.Generator, geometry: str) -> tuple[Track, float]:
    """Return the track, and by how much its notches deepen over its length."""
    track = load_device("trapezoid").track
    narrow_m, length_m = rng.uniform(200e-9, 400e-9), rng.uniform(1.5e-6, 3e-6)
    if geometry == "straight":
        profile = ((0.0, narrow_m), (length_m, narrow_m))
        return replace(track, profile_m=profile), rng.uniform(0.5, 1.5)
    wide_m = narrow_m / rng.uniform(0.2, 0.6)
    return replace(track, profile_m=((0.0, narrow_m), (length_m, wide_m))), 0.0


def _seats(
    rng: np.random.Generator, bare: DeviceParameters, levels: int, between: tuple[float, float]
) -> tuple[Floats, Floats, float]:
    """Return position and standard deviation of the wall in each notch (m), and the separation."""
    nearest = np.exp(rng.uniform(*np.log(between)))
    apart = np.exp(rng.uniform(np.log(nearest), np.log(50), levels - 1))
    apart[rng.integers(levels - 1)] = nearest
    sigma = np.r_[0.0, np.exp(rng.uniform(-0.5, 0.5, levels - 1))]
    fallen = np.cumsum(apart * np.maximum(sigma[1:], sigma[:-1]))
    scale = min(rng.uniform(0.85, 0.95) / fallen[-1], WIDEST_SIGMA / sigma.max())
    x = np.linspace(0.0, bare.track.profile_m[-1][0], 4001)
    share = _resistance_share(bare, x)
    position_m = np.interp(scale * fallen, share, x)
    slope = np.interp(position_m, x, np.gradient(share, x))
    return position_m, scale * sigma[1:] / slope, float(nearest)


def _resistance_share(bare: DeviceParameters, x_m: Floats) -> Floats:
    """Return how much of the resistance range the wall at x has taken off, from 0 to 1."""
    outline = junction_outline(bare.track, bare.junction)
    passed = np.array([parallel_fraction(x, outline) for x in x_m])
    antiparallel = 1 / (1 + bare.junction.tmr)
    conductance = antiparallel + passed * (1 - antiparallel)
    return np.asarray((1 / antiparallel - 1 / conductance) / (1 / antiparallel - 1))


def _nominal_V(
    rng: np.random.Generator, track: Track, position_m: Floats, gradient: float
) -> Floats:
    """Return thresholds that are proportional to the width and to how the notches deepen."""
    wide = np.array([width_m(track, x) for x in position_m])
    nominal = wide * (1 + gradient * position_m / track.profile_m[-1][0])
    return np.asarray(nominal * rng.uniform(3.0, 4.0) / nominal[-2])


def _with_lithography(rng: np.random.Generator, nominal_V: Floats) -> Floats:
    gap = float(np.diff(nominal_V).min() / nominal_V[-1]) if len(nominal_V) > 1 else 0.1
    return np.asarray(nominal_V * (1 + min(0.03, 0.2 * gap) * rng.normal(size=len(nominal_V))))


def _notch(
    rng: np.random.Generator,
    bare: DeviceParameters,
    position_m: float,
    deviation_m: float,
    threshold_V: float,
    visit_spread: float,
) -> Notch:
    flat = rng.uniform(0, 1)
    notch = replace(
        load_device("trapezoid").notches[0],
        position_m=float(position_m),
        fitted_factor_to_IN=None,
        spread=visit_spread,
        seat_range_m=float(deviation_m * np.sqrt(3 * flat)),
        seat_jitter_m=float(deviation_m * np.sqrt(1 - flat)),
    )
    threshold_A = threshold_V / track_resistance_ohm(bare.track)
    return replace(notch, fitted_factor=threshold_A / derived_depinning_current_A(bare, notch))


def _dmi_J_per_m2(layer: FreeLayer, wall_energy_J_per_m2: float) -> float:
    """Return D at which a wall has an energy."""
    without_dmi = replace(layer, dmi_J_per_m2=0.0).wall_energy_J_per_m2
    return (without_dmi - wall_energy_J_per_m2) / np.pi


def _density(bare: DeviceParameters, x_m: float, voltage_V: float) -> float:
    """Return the current density that a voltage drives at x."""
    ohm = track_resistance_ohm(bare.track)
    section_m2 = width_m(bare.track, x_m) * bare.track.heavy_metal_thickness_m
    return float(voltage_V / ohm / section_m2)
