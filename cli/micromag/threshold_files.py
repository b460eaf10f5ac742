"""Files of `dwmtj micromag thresholds`: the numbers as JSON, the states as OVF and PNG."""

import json
from pathlib import Path
from typing import Any

from ... import __version__
from ...simulators.micromagnetics import Film, NotchThresholds, write_ovf, write_picture
from ...simulators.micromagnetics.thresholds.bracket import Bracket
from ...simulators.micromagnetics.thresholds.notch import Pulse
from ...simulators.micromagnetics.thresholds.outcome import Outcome
from ...storage import atomic_write

_STATES = (
    "run-up-held", "static-held", "pulse-held", "pulse-held-after-rest", "pulse-lost",
    "pulse-lost-after-rest",
)  # fmt: skip


def state_files(notch: int) -> list[str]:
    """Return the names of the files of `write_states`."""
    return [f"notch-{notch}-{name}.{kind}" for name in _STATES for kind in ("ovf", "png")]


def write_result(path: Path, found: list[NotchThresholds], track_file: str) -> Path:
    """Write all numbers, in SI units, with the track file and the version that they come from."""
    content = {
        "dwmtj": __version__,
        "track_file": track_file,
        "notches": [
            {
                "notch": one.notch,
                "position_m": one.position_m,
                "ends_field_A_per_m": one.ends_field_A_per_m,
                "run_up": bracket_numbers(one.run_up),
                "static": bracket_numbers(one.static),
                "pulse": bracket_numbers(one.pulse),
                "pulse_below": _pulse(one.held_pulse),
                "pulse_above": _pulse(one.lost_pulse),
            }
            for one in found
        ],
    }
    with atomic_write(path) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def write_states(folder: Path, one: NotchThresholds, film: Film) -> list[Path]:
    """Write the wall held before each threshold, and around a pulse beyond it."""
    outcomes = (
        one.run_up.held,
        one.static.held,
        one.held_pulse.at_end,
        one.held_pulse.after_rest,
        one.lost_pulse.at_end,
        one.lost_pulse.after_rest,
    )
    paths = []
    for name, outcome in zip(_STATES, outcomes, strict=True):
        stem = folder / f"notch-{one.notch}-{name}"
        title = f"notch {one.notch}, {name}, {outcome.current_A_per_m2 / 1e12:.4f}e12 A/m²"
        for path, write in (
            (stem.with_suffix(".ovf"), write_ovf),
            (stem.with_suffix(".png"), write_picture),
        ):
            with atomic_write(path) as draft:
                write(draft, outcome.m, film, title)
            paths.append(path)
    return paths


def bracket_numbers(bracket: Bracket) -> dict[str, Any]:
    return {
        "held": outcome_numbers(bracket.held),
        "not_held": outcome_numbers(bracket.lost),
        "threshold_A_per_m2": bracket.middle_A_per_m2,
        "half_width_A_per_m2": bracket.half_width_A_per_m2,
    }


def _pulse(pulse: Pulse) -> dict[str, Any]:
    return {
        "at_end": outcome_numbers(pulse.at_end),
        "after_rest": outcome_numbers(pulse.after_rest),
    }


def outcome_numbers(outcome: Outcome) -> dict[str, Any]:
    return {
        name: getattr(outcome, name)
        for name in (
            "current_A_per_m2", "ending", "duration_s", "position_m", "lower_m", "upper_m"
        )
    }  # fmt: skip
