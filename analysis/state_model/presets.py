"""Published devices as state models: `preset:NAME` wherever a model is accepted.

Levels and scatters are the published numbers, of a fit σ(G) at 16 evenly spaced conductances where
the source gives one. A source that gives no transitions as numbers leaves the counts at zero: what
needs transitions refuses such a model. Where a source does not say how many devices or cycles a
level's scatter comes from, `VISITS` are counted, and a remark says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...arrays import Floats
from ..errors import AnalysisError
from .model import LevelState, Prior, Pulses, Quantity, Source, StateModel

PREFIX = "preset:"
LEVELS = 16
VISITS = 100
SYNAPSE_PAPER = "the synapse paper, Figs. 2 and 3 and the text on them"
_COUNTED = (
    f"The source does not say how often each level was written: {VISITS} times are counted, so "
    "that means are known within a tenth of the scatter."
)
_NO_PULSES = "The source gives no transitions as numbers: the model knows nothing of pulses."


@dataclass(frozen=True, slots=True)
class Preset:
    """A published device: its source, what the numbers hold for, and the model made of them."""

    name: str
    title: str
    source: str
    validity: str
    model: Callable[["Preset"], StateModel]


def find_preset(reference: str) -> StateModel:
    """Return the model of `preset:NAME`; raises AnalysisError."""
    name = reference.removeprefix(PREFIX)
    for preset in PRESETS:
        if preset.name == name:
            return preset.model(preset)
    known = ", ".join(preset.name for preset in PRESETS)
    raise AnalysisError(
        f"There is no published device {name!r} with levels: the presets are {known}. Those that "
        "learn from pulses are for `dwmtj learn compare --model`; see `dwmtj models presets`."
    )


def _trapezoid(preset: Preset) -> StateModel:
    levels = _levels([100.0, 93.3, 76.1, 67.1], [1.1, 1.1, 0.4, 0.3], [13] * 4)
    write = [(0, 1), (1, 1), (1, 2), (2, 2), (2, 3)]
    up = _moves(4, write, 13)
    down = _moves(4, [(3, 3), (3, 0)], 3)
    return _model(
        preset,
        levels,
        (
            _pulses(preset, "positive", (1.5, 2.9625, 3.0375, 3.4, 3.6), up, -0.004),
            _pulses(preset, "negative", (3.675, 3.725), down, -0.042),
        ),
        (
            "No scatter of the saturated level is published: it is taken as that of the first "
            "notch.",
            "Published are mean and range of each critical voltage: in all 13 cycles (resets: 3) "
            "the wall stays at the range's lower end and moves at its upper one.",
        ),
        saturation_field_T=0.05,
    )


def _straight(preset: Preset) -> StateModel:
    levels = _levels([1061.0, 1043.3, 989.0, 929.5, 913.1], [1.1, 2.6, 2.1, 0.8, 0.4], [10] * 5)
    pulses = _pulses(preset, "positive", (5.5,), _moves(5, [], 0), -0.004)
    remark = (
        "Ten ramps; how many of them stopped at each level is not published: each is counted as "
        "visited ten times."
    )
    return _model(preset, levels, (pulses,), (remark, _NO_PULSES), saturation_field_T=-0.12)


def _fitted(
    low_S: float,
    high_S: float,
    sigma_S: Callable[[Floats], Floats],
    *,
    visits: int = VISITS,
) -> Callable[[Preset], StateModel]:
    def model(preset: Preset) -> StateModel:
        conductance_S = np.linspace(low_S, high_S, LEVELS)
        stds_S = np.maximum(sigma_S(conductance_S), 0.0)
        levels = _levels(
            (1 / conductance_S).tolist(), (stds_S / conductance_S**2).tolist(), [visits] * LEVELS
        )
        pulses = _pulses(preset, "positive", (1.0,), _moves(LEVELS, [], 0), None, None)
        remarks = (_NO_PULSES,) if visits != VISITS else (_COUNTED, _NO_PULSES)
        return _model(preset, levels, (pulses,), remarks)

    return model


def _polynomial_uS(*coefficients: float, of_S: float = 1e-6) -> Callable[[Floats], Floats]:
    """Return σ in S of Σ cₖ (G/`of_S`)ᵏ in µS."""

    def sigma_S(conductance_S: Floats) -> Floats:
        powers = (conductance_S / of_S)[:, None] ** np.arange(len(coefficients))
        return np.asarray(1e-6 * powers @ np.array(coefficients))

    return sigma_S


def _sonos_S(conductance_S: Floats) -> Floats:
    current_nA = 1e9 * 0.1 * conductance_S  # 16 µS are 1600 nA: read at 0.1 V
    return np.asarray(1e-9 / 0.1 * 19.88665 * -np.expm1(-current_nA / 176.3115))


PRESETS = (
    Preset(
        "dw-mtj-trapezoid",
        "Trapezoidal DW-MTJ, 1:4, three of seven notches pin",
        SYNAPSE_PAPER,
        "50 ns pulses with edges of 10 ns, −4 mT (reset: −42 mT), room temperature, one device",
        _trapezoid,
    ),
    Preset(
        "dw-mtj-straight",
        "Straight DW-MTJ, five equal notches",
        SYNAPSE_PAPER,
        "after ramps of 50 ns pulses up to 5.5 V, −4 mT, room temperature, one device",
        _straight,
    ),
    Preset(
        "pcm-joshi",
        "Phase-change memory, programming error 27 s after writing",
        "CrossSim 3.2, PCMJoshi: fit to Fig. 3b of Joshi et al., Nat. Commun. 11, 2473 (2020)",
        "0.25 to 25 µS; no drift, no read noise",
        _fitted(0.25e-6, 25e-6, _polynomial_uS(0.28638599, 0.07585724, -0.00178767)),
    ),
    Preset(
        "pcm-nandakumar",
        "Phase-change memory, programming error",
        "aihwkit 1.2, PCMLikeNoiseModel: Nandakumar et al., ICECS (2019)",
        "0.25 to 25 µS (the source goes down to 0 S); no drift, no read noise",
        _fitted(0.25e-6, 25e-6, _polynomial_uS(0.26348, 1.9650, -1.1731, of_S=25e-6)),
    ),
    Preset(
        "rram-milo",
        "HfO2 RRAM, written with IGVVA-100",
        "CrossSim 3.2, RRAMMilo: fit to Fig. 4 of Milo et al., IRPS (2021)",
        "50 to 225 µS; no drift, no read noise",
        _fitted(50e-6, 225e-6, _polynomial_uS(4.782321, -0.009107)),
    ),
    Preset(
        "rram-wan",
        "RRAM, 1 s after write-verify",
        "CrossSim 3.2, RRAMWan: fit to Extended Data Fig. 3 of Wan et al., Nature 608, 504 (2022)",
        "1 to 39.26 µS (the fit has an upper end alone); no drift, no read noise",
        _fitted(1e-6, 39.26e-6, _polynomial_uS(1.053, 0.2374, -1.167e-2, 1.536e-4)),
    ),
    Preset(
        "sonos-agrawal",
        "40 nm SONOS, after programming",
        "CrossSim 3.2, SONOS: fit to Fig. 10a of Agrawal et al., IEDM 21.7 (2022), 128,000 devices",
        "1 nS to 16 µS (100 pA to 1.6 µA at 0.1 V, assumed); no drift, no read noise",
        _fitted(1e-9, 16e-6, _sonos_S, visits=128_000 // LEVELS),
    ),
)


def _levels(
    ohm: Sequence[float], std_ohm: Sequence[float], visits: Sequence[int]
) -> tuple[LevelState, ...]:
    found = [
        LevelState(Quantity(mean), Quantity(std), 0.0, None, count)
        for mean, std, count in zip(ohm, std_ohm, visits, strict=True)
    ]
    return tuple(sorted(found, key=lambda level: -level.resistance_ohm.value))


def _moves(
    levels: int, moves: Sequence[tuple[int, int]], count: int
) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """Return counts of a ladder with a rung for each move or stay, (rungs, levels, levels)."""
    tables = np.zeros((max(len(moves), 1), levels, levels), dtype=int)
    for rung, (before, after) in enumerate(moves):
        tables[rung, before, after] = count
    return tuple(tuple(tuple(row) for row in table) for table in tables.tolist())


def _pulses(
    preset: Preset,
    polarity: Literal["positive", "negative"],
    amplitudes_V: tuple[float, ...],
    counts: tuple[tuple[tuple[int, ...], ...], ...],
    field_T: float | None,
    width_s: float | None = 50e-9,
) -> Pulses:
    edge_s = None if width_s is None else 10e-9
    source = _source(preset, "published")
    return Pulses(polarity, width_s, edge_s, edge_s, field_T, amplitudes_V, counts, source)


def _model(
    preset: Preset,
    levels: tuple[LevelState, ...],
    pulses: tuple[Pulses, ...],
    remarks: tuple[str, ...],
    saturation_field_T: float | None = None,
) -> StateModel:
    return StateModel(
        preset.name,
        1,
        (preset.title,),
        levels,
        _source(preset, preset.validity),
        pulses,
        Prior(),
        saturation_field_T,
        None if saturation_field_T is None else 0,
        None,
        remarks=(f"Published numbers of {preset.source}; valid for {preset.validity}.", *remarks),
    )


def _source(preset: Preset, quality: str) -> Source:
    return Source((), "", "", "", preset.source, quality)
