"""Depinning by a pulse where the wall has inertia: a kick, and escapes from the tilted well.

A pulse that rises faster than a wall follows throws it beyond its new place of rest. With

    P_kick = Φ((push - I_k)/σ),

I_k(width, rise) is the push that throws a resting wall out at T = 0 and σ ∝ √T its thermal spread,
one below and one above I_k. A wall that is not thrown out settles in the well and escapes at

    Γ = f0 exp[-(E_b/k_B T) (1 - push/S)^(3/2)]  below S,  Γ = f0 above.

It needs the lag t_l for settling and for its way out, counted from the start of the rise, so that

    P = 1 - (1 - P_kick) exp[-Γ (t - max(0, t_l - rise/2))]

for a pulse of effective length t (see depinning). The pulse carries the wall to the next notch at
least, since I_k counts walls only that end beyond half of the way. A wall that arrives there at
speed passes with the probability Φ((push - I_r)/σ_r) for the run-up threshold I_r; else it is held
and may escape in the rest of the pulse. I_k(width, rise) is a table; width · I_k is interpolated,
and constant below the shortest width, where only the impulse counts.

All constants come from a model with inertia, see `simulators/film_device/event_law.py`. Valid for
the film, the temperature (σ follows it, S, E_b and f0 hold about it) and the widths they are for.
A notch without them has the law of depinning, whose walls follow the current.

Sources: Thomas et al., Nature 443, 197 (2006) (walls thrown over a barrier by short pulses); Koch,
Katine and Sun, Phys. Rev. Lett. 92, 088302 (2004) (thermal start of a driven moment).
"""

from collections.abc import Sequence
from math import erfc, exp, log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...compiled import compiled
from .depinning import BOLTZMANN_J_per_K, barrier_height, effective_edge_fraction
from .errors import DeviceError
from .parameters import Notch, PulsedNotch

_MOST = 10
"""Largest number of widths and of rises in a table."""

_TABLE = ("f8", (_MOST, _MOST))
PULSED = np.dtype(
    [
        ("used", "b1"),
        ("depinning_current_A", "f8"),
        ("barrier_J", "f8"),
        ("attempt_rate_Hz", "f8"),
        ("lag_s", "f8"),
        ("run_up_A", "f8"),
        ("run_up_spread_A", "f8"),
        ("temperature_K", "f8"),
        ("widths", "i8"),
        ("rises", "i8"),
        ("width_s", "f8", (_MOST,)),
        ("rise_s", "f8", (_MOST,)),
        ("kick_A_s", *_TABLE),
        ("spread_below_A", *_TABLE),
        ("spread_above_A", *_TABLE),
    ],
    align=True,
)
"""Constants of one notch and direction; `kick_A_s` is width times I_k."""


def pulsed_table(notches: Sequence[Notch]) -> NDArray[Any]:
    """Return records of shape (sites, 2): of each site, towards IN and towards CLK.

    Raises DeviceError for tables of kicks whose shapes do not agree.
    """
    table = np.zeros((len(notches) + 2, 2), PULSED)
    for number, notch in enumerate(notches, start=1):
        for side, pulsed in enumerate((notch.pulsed_to_IN, notch.pulsed_to_CLK)):
            if pulsed is not None:
                table[number, side] = pulsed_record(pulsed, f"Notch {number}")
    return table


def pulsed_record(pulsed: PulsedNotch, name: str) -> Any:
    """Return the constants as a record; raises DeviceError for tables that are none."""
    widths, rises = np.array(pulsed.widths_s), np.array(pulsed.rises_s)
    shape = len(widths), len(rises)
    tables = pulsed.kick_current_A, pulsed.kick_spread_below_A, pulsed.kick_spread_above_A
    regular = all(len(rows) == shape[0] and {len(r) for r in rows} == {shape[1]} for rows in tables)
    if not regular or not 1 <= min(shape) <= max(shape) <= _MOST:
        raise DeviceError(
            f"{name} has tables of kicks that do not fit together: give a row for each of widths_s "
            f"and in it a value for each of rises_s, at most {_MOST} each."
        )
    if (np.diff(widths) <= 0).any() or (np.diff(rises) <= 0).any():
        raise DeviceError(f"{name} has widths_s or rises_s that do not rise: sort them.")
    record = np.zeros((), PULSED)
    record["used"] = True
    record["depinning_current_A"] = pulsed.depinning_current_A
    record["barrier_J"] = pulsed.barrier_J
    record["attempt_rate_Hz"] = pulsed.attempt_rate_Hz
    record["lag_s"] = pulsed.lag_s
    record["run_up_A"] = pulsed.run_up_current_A
    record["run_up_spread_A"] = pulsed.run_up_spread_A
    record["temperature_K"] = pulsed.temperature_K
    record["widths"], record["rises"] = shape
    record["width_s"][: shape[0]], record["rise_s"][: shape[1]] = widths, rises
    names = "kick_A_s", "spread_below_A", "spread_above_A"
    for name_, rows in zip(names, tables, strict=True):
        record[name_][: shape[0], : shape[1]] = rows
    record["kick_A_s"][: shape[0]] *= widths[:, None]
    return record[()]


@compiled
def ways_out(
    p: Any,
    push_A: float,
    swing_A: float,
    strength: float,
    drive: Any,
    temperature_K: float,
) -> tuple[float, float, float]:
    """Return -ln(1 - P_kick) of a pulse, Γ t of a wall that has settled, and t.

    `drive` has the pulse's `duration_s`, `rise_s`, `plateau_s` and `edges_s`.
    """
    thrown = kicks(p, push_A, strength, drive.duration_s, drive.rise_s, temperature_K)
    lag_s = max(0.0, p.lag_s - drive.rise_s / 2.0)
    escapes, time_s = tilted_escapes(
        p, push_A, swing_A, strength, drive.plateau_s, drive.edges_s, lag_s, temperature_K
    )
    return thrown, escapes, time_s


@compiled
def kicks(
    p: Any, push_A: float, strength: float, width_s: float, rise_s: float, temperature_K: float
) -> float:
    """Return -ln(1 - P_kick)."""
    i, x = _cell(p.width_s, p.widths, width_s)
    j, y = _cell(p.rise_s, p.rises, rise_s)
    used_s = max(width_s, p.width_s[0])
    impulse_A_s = _between(p.kick_A_s, i, j, x, y)
    if i + 1 >= p.widths:
        used_s = p.width_s[i]
    kick_A = impulse_A_s / used_s
    if width_s < p.width_s[0]:
        kick_A *= p.width_s[0] / width_s
    over_A = push_A - strength * kick_A
    side = p.spread_above_A if over_A > 0.0 else p.spread_below_A
    spread_A = strength * _between(side, i, j, x, y)
    return _survival_exponent(over_A, spread_A * sqrt(temperature_K / p.temperature_K))


@compiled
def passes(p: Any, push_A: float, strength: float, temperature_K: float) -> float:
    """Return the probability that a wall which arrives at speed runs through."""
    spread_A = strength * p.run_up_spread_A * sqrt(temperature_K / p.temperature_K)
    return 1.0 - exp(-_survival_exponent(push_A - strength * p.run_up_A, spread_A))


@compiled
def tilted_escapes(
    p: Any,
    push_A: float,
    swing_A: float,
    strength: float,
    plateau_s: float,
    edges_s: float,
    lag_s: float,
    temperature_K: float,
) -> tuple[float, float]:
    """Return Γ t of a wall that has settled, and t."""
    barrier = p.barrier_J / (BOLTZMANN_J_per_K * temperature_K)
    depinning_current_A = strength * p.depinning_current_A
    share = effective_edge_fraction(push_A, swing_A, depinning_current_A, barrier)
    time_s = max(0.0, plateau_s + share * edges_s - lag_s)
    height = barrier_height(push_A, depinning_current_A, barrier)
    return p.attempt_rate_Hz * exp(-height) * time_s, time_s


@compiled
def _survival_exponent(over_A: float, spread_A: float) -> float:
    if spread_A <= 0.0:
        return 700.0 if over_A > 0.0 else 0.0
    return -log(max(1e-300, 0.5 * erfc(over_A / spread_A / sqrt(2.0))))


@compiled
def _cell(places: Any, count: int, at: float) -> tuple[int, float]:
    """Return the last place at or below `at`, and the part of the way to the next one."""
    i = 0
    while i + 1 < count and places[i + 1] <= at:
        i += 1
    if i + 1 >= count or at <= places[i]:
        return i, 0.0
    return i, (at - places[i]) / (places[i + 1] - places[i])


@compiled
def _between(table: Any, i: int, j: int, x: float, y: float) -> float:
    value = (1.0 - x) * (1.0 - y) * table[i, j]
    if x > 0.0:
        value += x * (1.0 - y) * table[i + 1, j]
    if y > 0.0:
        value += (1.0 - x) * y * table[i, j + 1]
    if x > 0.0 and y > 0.0:
        value += x * y * table[i + 1, j + 1]
    return float(value)
