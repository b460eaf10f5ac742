"""Tables of the runs on the neuron paper's tracks, beside what the paper prints."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import exp, log
from typing import Any

PRINTED = (0.650, 0.795, 0.801, 0.803, 0.810)
"""Currents in 1e12 A/m² that pass notch 1, 2, … 5 for the first time."""
LABELS = {"as printed": PRINTED[:4], "labels one off": PRINTED[1:]}
"""What the thresholds of notches 1 to 4 are compared with."""
KINDS = ("run-up", "static", "pulse")

Record = dict[str, Any]
Thresholds = dict[tuple[str, int], float]
"""By kind and notch, in 1e12 A/m²."""


def print_tables(records: Iterable[Record]) -> None:
    """Print thresholds, scales, staircases and speeds of each setting."""
    by_setting: dict[str, list[Record]] = {}
    for record in records:
        if "setting" in record:
            by_setting.setdefault(_title(record["setting"]), []).append(record)
    for title, own in by_setting.items():
        print(f"\n## {title}\n")
        thresholds = thresholds_of(own)
        _print_thresholds(thresholds)
        for start_nm in sorted({one["start_nm"] for one in own if one["kind"] == "staircase"}):
            runs = [one for one in own if one.get("start_nm") == start_nm]
            _print_staircase(start_nm, sorted(runs, key=lambda one: one["current_A_per_m2"]))


def thresholds_of(records: Iterable[Record]) -> Thresholds:
    """Return the middle of each bracket."""
    return {
        (one["kind"], one["notch"]): sum(one[end]["current_A_per_m2"] for end in ("held", "lost"))
        / 2e12
        for one in records
        if one["kind"] in KINDS
    }


def scale_to(paper: tuple[float, ...], found: tuple[float, ...]) -> tuple[float, float]:
    """Return the factor that brings currents to the paper's, and the largest deviation left."""
    ratios = [log(printed / own) for printed, own in zip(paper, found, strict=True)]
    mean = sum(ratios) / len(ratios)
    return exp(mean), max(abs(exp(mean - ratio) - 1) for ratio in ratios)


def _title(setting: Record) -> str:
    return ", ".join(
        (
            f"{setting['notches']} notches",
            f"{setting['cell_nm']:g} nm",
            f"α {setting['damping']:g}",
            f"Λ {setting['asymmetry']:g}",
            f"D {setting['dmi_mJ_per_m2']:g} mJ/m²",
            "whole cells" if setting["mask"] == "centre" else "area-weighted cells",
        )
    )


def _print_thresholds(thresholds: Thresholds) -> None:
    notches = sorted({notch for _, notch in thresholds})
    if not notches:
        return
    print("| |", " | ".join(f"notch {notch}" for notch in notches), "|")
    print("|---" * (len(notches) + 1) + "|")
    for kind in KINDS:
        row = [thresholds.get((kind, notch)) for notch in notches]
        if any(row):
            print(f"| {kind} |", " | ".join(f"{one:.4f}" if one else "–" for one in row), "|")
    for kind in KINDS:
        if all((kind, notch) in thresholds for notch in range(1, 5)):
            found = tuple(thresholds[kind, notch] for notch in range(1, 5))
            is_rising = all(low < high for low, high in pairwise(found))
            for name, paper in LABELS.items():
                scale, deviation = scale_to(paper, found)
                print(
                    f"\n{kind}, notches 1 to 4, {name}: scale {scale:.3f} (θ = {0.08 / scale:.4f}),"
                    f" within {100 * deviation:.1f} %, {'rising' if is_rising else 'not rising'}"
                )


def _print_staircase(start_nm: float, runs: list[Record]) -> None:
    print(f"\nfrom rest at {start_nm:g} nm:\n")
    print("| J | stops at | end of 10 ns | after rest | m/s to notch 1 | m/s, all | delays (ns) |")
    print("|---" * 7 + "|")
    for one in runs:
        notches = one["setting"]["notches"]
        trace = one["every_quarter_ns_nm"]
        stop = "passes" if one["stops_at"] > notches else str(one["stops_at"])
        stop += "" if one["is_single"] else " (broken)"
        stop += "" if one["is_at_rest"] or one["stops_at"] > notches else " (creeping)"
        first = speed(trace, start_nm, 1500 / notches - 20)
        whole = speed(trace, start_nm, 1498.5)
        delays = ", ".join(f"{delay:.2f}" for delay in delays_ns(trace, notches))
        print(
            f"| {one['current_A_per_m2'] / 1e12:.4f} | {stop} | {one['pulse_end_nm']:.0f} nm "
            f"({one['pulse_end_at']}) | {one['after_rest_nm']:.0f} nm ({one['after_rest_at']}) | "
            f"{first} | {whole} | {delays} |"
        )


def speed(trace_nm: list[float], from_nm: float, to_nm: float) -> str:
    """Return the mean speed to a place in m/s, or a dash if the wall does not get there."""
    when = next(_crossings_ns(trace_nm, to_nm), None)
    return f"{(to_nm - from_nm) / when:.0f}" if when else "–"


def delays_ns(trace_nm: list[float], notches: int) -> Iterator[float]:
    """Yield how long the wall is from 20 nm before each notch that it passes to 75 nm beyond."""
    for number in range(1, notches):
        place_nm = 1500 / notches * number
        arrival = next(_crossings_ns(trace_nm, place_nm - 20), None)
        departure = next(_crossings_ns(trace_nm, place_nm + 75), None)
        if arrival is None or departure is None:
            return
        yield departure - arrival


def _crossings_ns(trace_nm: list[float], place_nm: float) -> Iterator[float]:
    for index, (before, after) in enumerate(pairwise(trace_nm)):
        if before < place_nm <= after:
            yield 0.25 * (index + (place_nm - before) / (after - before))
