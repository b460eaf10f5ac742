"""The quantities that a criterion can be about, by name."""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from . import levels, loop, resting, switching
from .criterion import Criterion
from .loop import MORE_READINGS, SMALLER_STEPS, of_loop
from .measured import Measured
from .run_results import RunResults


@dataclass(frozen=True, slots=True)
class Quantity:
    """How a quantity is measured, its unit as `quantities` knows it, and the keys it has.

    `has_level` means that a level is needed. A `signed` one may be below zero; a `whole` one is a
    number that needs no tolerance.
    """

    unit: str
    measure: Callable[[RunResults, Criterion], Measured]
    has_level: bool = False
    optional: tuple[str, ...] = ()
    signed: bool = False
    whole: bool = False


_PHASE = ("phase",)

QUANTITIES: Mapping[str, Quantity] = {
    "number of levels": Quantity("", levels.number_of_levels, whole=True),
    "level resistance": Quantity("ohm", levels.level_resistance, has_level=True),
    "level sigma": Quantity("ohm", levels.level_sigma, has_level=True),
    "level conductance": Quantity("S", levels.level_conductance, has_level=True),
    "write noise": Quantity("ratio", levels.write_noise, has_level=True),
    "window": Quantity("ohm", levels.window),
    "window ratio": Quantity("", levels.window_ratio),
    "V_C": Quantity("V", switching.switching_voltage, has_level=True, optional=_PHASE),
    "V_C sigma": Quantity("V", switching.switching_voltage_sigma, has_level=True, optional=_PHASE),
    "V_C var": Quantity(
        "ratio", switching.switching_voltage_var, has_level=True, optional=("phase", "cycles")
    ),
    "largest V_C": Quantity(
        "V", switching.largest_switching_voltage, has_level=True, optional=_PHASE
    ),
    "depinning threshold": Quantity("V", switching.depinning_threshold, has_level=True),
    "depinning threshold sigma": Quantity("V", switching.depinning_threshold_sigma, has_level=True),
    "w1/w2": Quantity("", switching.width_ratio),
    "several levels in one pulse": Quantity(
        "ratio", switching.several_levels_in_one_pulse, optional=_PHASE
    ),
    "one-step resets": Quantity("ratio", switching.one_step_reset, optional=_PHASE),
    "failed cycles": Quantity("ratio", switching.failed_cycles),
    "update energy": Quantity(
        "J", switching.update_energy, has_level=True, optional=("phase", "track_resistance")
    ),
    "TMR": Quantity("ratio", of_loop(lambda found: found.tmr_ratio, MORE_READINGS)),
    "parallel resistance": Quantity("ohm", of_loop(lambda found: found.parallel, MORE_READINGS)),
    "antiparallel resistance": Quantity(
        "ohm", of_loop(lambda found: found.antiparallel, MORE_READINGS)
    ),
    "loop height": Quantity("ohm", loop.loop_height),
    "RA": Quantity("ohm m2", loop.resistance_area),
    "coercive field": Quantity("T", of_loop(lambda found: found.coercive_field, SMALLER_STEPS)),
    "loop centre": Quantity("T", of_loop(lambda found: found.offset, SMALLER_STEPS), signed=True),
    "switching field up": Quantity(
        "T", of_loop(lambda found: found.up_T, SMALLER_STEPS), signed=True
    ),
    "switching field down": Quantity(
        "T", of_loop(lambda found: found.down_T, SMALLER_STEPS), signed=True
    ),
    "read noise": Quantity("ratio", resting.read_noise),
    "retention": Quantity("s", resting.retention, has_level=True),
    "write yield": Quantity("ratio", resting.write_yield),
    "pulses per device": Quantity("", resting.pulses_per_device),
}
"""Every quantity by the name it has in a criteria file."""


def canonical_name(text: str) -> str | None:
    """Return the name of a quantity; capitals, and blanks or _ or - between words, are free."""
    return _NAMES.get(_plain(text))


def nearest_names(text: str) -> list[str]:
    """Return the names that a misspelt one may be meant to be, the nearest first."""
    close = difflib.get_close_matches(_plain(text), _NAMES, n=3, cutoff=0.5)
    words = set(_plain(text).split())
    sharing = [plain for plain in _NAMES if words & set(plain.split())]
    return [_NAMES[plain] for plain in dict.fromkeys([*close, *sharing])][:3]


def _plain(text: str) -> str:
    return " ".join(re.split(r"[\s_-]+", text.strip().casefold()))


_NAMES: Mapping[str, str] = {_plain(name): name for name in QUANTITIES}
