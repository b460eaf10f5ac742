"""A notch in a taper: thresholds towards both ends, in straight tracks, and the film's own push.

python benchmarks/taper.py run FOLDER [NAME …]
python benchmarks/taper.py table FOLDER

`run` computes thresholds one after the other, some ten minutes in all, and appends each to
FOLDER/taper.jsonl; the same command resumes. `table` prints them. How a threshold depends on form,
width, pitch and film shows `dwmtj micromag design --scan`.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dwmtj.benchmarks._notch_runs import threshold_near
from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Material,
    Notch,
    Search,
    SpinOrbitTorque,
    Track,
    film_of,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.constants import MU0_T_m_per_A
from dwmtj.simulators.micromagnetics.film import demagnetisation_of, energies_J
from dwmtj.simulators.micromagnetics.thresholds.notch import NotchStudy
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory

MATERIAL = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
CELL_m = 5e-9
TOLERANCE = 0.002
NARROW_m, WIDE_m, LENGTH_m = 60e-9, 240e-9, 1500e-9
PLACES_m = (500e-9, 528e-9, 556e-9)
"""Thirds of the 83 nm from one row of cells that begins to the next."""
STRAIGHT_m = (120e-9, 130e-9)
PERIOD_m = CELL_m * LENGTH_m / (WIDE_m - NARROW_m) * 2


@dataclass(frozen=True, slots=True)
class Pulse:
    """The pulse threshold of the notch of a track."""

    name: str
    track: Track
    guess_A_per_m2: float

    def compute(self) -> dict[str, float]:
        """Return the currents, in A/m² at the width of the track at x = 0."""
        film = film_of(self.track, MATERIAL, CELL_m, SpinOrbitTorque(0.08))
        accuracy = Accuracy(stray_interval_s=2e-12, window_m=560e-9)
        search = Search(tolerance=TOLERANCE, accuracy=accuracy)
        study = NotchStudy(film, self.track, 1, search, ProcessMemory(), _quiet)
        bracket = threshold_near(study.pulse, self.guess_A_per_m2, TOLERANCE)
        return {
            "held_A_per_m2": bracket.held.current_A_per_m2,
            "lost_A_per_m2": bracket.lost.current_A_per_m2,
            "held_m": bracket.held.position_m,
        }


def pulses() -> Iterator[Pulse]:
    """Yield all."""
    for width_m in STRAIGHT_m:
        track = Track(LENGTH_m, width_m, 2e-9, (Notch(LENGTH_m / 2, 10e-9, 10e-9),))
        yield Pulse(f"straight, {width_m * 1e9:.0f} nm wide", track, 1.64e12)
    for place_m in PLACES_m:
        yield from _tapered(place_m)


def _tapered(place_m: float) -> Iterator[Pulse]:
    """Yield a notch in a taper of 1:4, that is passed towards the wide and the narrow end."""
    width_m = width_at_m(place_m)
    there = Track(LENGTH_m, NARROW_m, 2e-9, (Notch(place_m, 10e-9, 10e-9),), WIDE_m)
    back = Track(
        LENGTH_m, WIDE_m, 2e-9, (Notch(LENGTH_m - place_m, 10e-9, 10e-9),), NARROW_m
    )  # fmt: skip
    for name, track in (("widening", there), ("narrowing", back)):
        guess = 1.6e12 * width_m / track.width_m
        yield Pulse(f"{name}, {width_m * 1e9:.1f} nm wide", track, guess)


def width_at_m(place_m: float) -> float:
    """Return the width of the taper."""
    return NARROW_m + (WIDE_m - NARROW_m) * place_m / LENGTH_m


def print_taper_force() -> None:
    """Print the force on a straight wall in the bare taper, as a field, from the film's energy.

    Between places one period of the grid apart, so that the rows' beginnings do not count.
    """
    film = film_of(Track(LENGTH_m, NARROW_m, 2e-9, (), WIDE_m), MATERIAL, CELL_m)
    demagnetisation = demagnetisation_of(film)
    for place_m in PLACES_m:
        moment = 2 * MU0_T_m_per_A * 1.1e6 * width_at_m(place_m) * 2e-9
        ends = [
            sum(energies_J(straight_wall(film, x_m), film, demagnetisation).values())
            for x_m in (place_m - PERIOD_m / 2, place_m + PERIOD_m / 2)
        ]
        tension_J_per_m = MATERIAL.wall_energy_J_per_m2 * 2e-9 * (WIDE_m - NARROW_m) / LENGTH_m
        print(
            f"taper, {width_at_m(place_m) * 1e9:.1f} nm wide: the film pushes a wall back by "
            f"{(ends[1] - ends[0]) / PERIOD_m / moment:.0f} A/m, its tension alone by "
            f"{tension_J_per_m / moment:.0f} A/m"
        )


def _quiet(_what: str, _runs: int) -> None:
    return None


def run(path: Path, names: list[str]) -> None:
    """Compute what the file does not hold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    finished = {record["name"] for record in records(path)}
    for pulse in pulses():
        if pulse.name in finished or not all(name in pulse.name for name in names):
            continue
        start_s = time.process_time()
        record = {"name": pulse.name, **pulse.compute()}
        record["cpu_s"] = round(time.process_time() - start_s, 1)
        record["width_m"] = pulse.track.width_m
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        print(_row(record), flush=True)


def records(path: Path) -> list[dict[str, Any]]:
    """Return what the file holds."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line) for line in lines]


def _row(record: dict[str, Any]) -> str:
    held, lost = record["held_A_per_m2"], record["lost_A_per_m2"]
    width_m = record["width_m"]
    return (
        f"{record['name']}: {held / 1e12:.4f}/{lost / 1e12:.4f}e12 A/m² "
        f"({(held + lost) / 2 * width_m / 1e3:.1f} kA/m times the thickness of the heavy metal), "
        f"{record['cpu_s']:.0f} s of CPU"
    )


def main() -> None:
    """Run or print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("run", "table"), nargs="?", default="table")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("taper"))
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    path = given.folder / "taper.jsonl"
    if given.what == "run":
        run(path, given.names)
    print_taper_force()
    if found := records(path):
        print(*map(_row, found), sep="\n")
    else:
        print(f"{given.folder} holds no thresholds: compute them with `run {given.folder}`.")


if __name__ == "__main__":
    main()
