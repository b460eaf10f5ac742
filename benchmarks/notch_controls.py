"""What a notch's threshold depends on: ends of the track, a taper, width, material, cells.

python benchmarks/notch_controls.py run FOLDER [NAME …]
python benchmarks/notch_controls.py table FOLDER

`run` computes thresholds one after the other, an hour and a half in all, and appends each to
FOLDER/controls.jsonl; the same command resumes. `table` prints them.
"""

import argparse
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from dwmtj.benchmarks._notch_runs import threshold_near
from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
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
from dwmtj.simulators.micromagnetics.thresholds.bracket import Bracket, climb
from dwmtj.simulators.micromagnetics.thresholds.notch import NotchStudy

MATERIAL = Material(1.1e6, 2e-11, 1e6, 1e-3, 0.1)
FIVE_NOTCHES = tuple(Notch(300e-9 * k, 10e-9, 10e-9) for k in range(1, 6))
PAPER = Track(1500e-9, 150e-9, 2e-9, FIVE_NOTCHES)
COMPENSATION_A_per_m = 299.0
"""Difference between the fields of the ends at notches 1 and 4."""
NARROW_m, WIDE_m, LENGTH_m = 60e-9, 240e-9, 1500e-9
PLACES_m = (500e-9, 528e-9, 556e-9)
"""Thirds of the 83 nm from one row of cells that begins to the next."""
STRAIGHT_m = (120e-9, 130e-9)
PERIOD_m = 5e-9 * LENGTH_m / (WIDE_m - NARROW_m) * 2
Kind = Literal["static", "pulse"]


@dataclass(frozen=True, slots=True)
class Control:
    """One threshold of one notch."""

    name: str
    kind: Kind
    track: Track
    guess_A_per_m2: float
    notch: int = 1
    cell_m: float = 5e-9
    material: Material = MATERIAL
    is_paper: bool = False
    """Whole cells and a uniform current."""
    push_A_per_m: float = 0.0
    """A field that pushes the wall to +x."""
    tolerance: float = 0.002
    precision: Literal["float64", "float32"] = "float64"

    @property
    def film(self) -> Film:
        """The film."""
        torque = SpinOrbitTorque(0.08)
        field_T = (0.0, 0.0, -MU0_T_m_per_A * self.push_A_per_m)
        rule: Literal["centre", "area"] = "centre" if self.is_paper else "area"
        profile: Literal["uniform", "inverse-width"] = (
            "uniform" if self.is_paper else "inverse-width"
        )
        return film_of(self.track, self.material, self.cell_m, torque, field_T, rule, profile)

    @property
    def accuracy(self) -> Accuracy:
        """As the thresholds of `dwmtj micromag` have it."""
        return Accuracy(stray_interval_s=2e-12, window_m=560e-9, precision=self.precision)

    def compute(self) -> dict[str, float]:
        """Return the currents, in A/m² at the width of the track at x = 0."""
        search = Search(tolerance=self.tolerance, accuracy=self.accuracy)
        study = NotchStudy(self.film, self.track, self.notch, search, _Memory(), _quiet)
        if self.kind == "pulse":
            return _ends(threshold_near(study.pulse, self.guess_A_per_m2, self.tolerance))
        run_up = threshold_near(study.run_up, self.guess_A_per_m2, self.tolerance)
        return _ends(climb(study.step_up, run_up.held, search.static_step, self.tolerance))


def controls() -> Iterator[Control]:
    """Yield all, quick ones first."""
    for notch, push in ((1, 0.0), (4, 0.0), (4, COMPENSATION_A_per_m)):
        kinds: tuple[tuple[Kind, float], ...] = (("static", 0.87e12), ("pulse", 1.31e12))
        for kind, guess in kinds:
            name = f"ends: notch {notch}, {push:+.0f} A/m, {kind}"
            yield Control(name, kind, PAPER, guess, notch, is_paper=True, push_A_per_m=push)
    for width_m in STRAIGHT_m:
        track = Track(LENGTH_m, width_m, 2e-9, (Notch(LENGTH_m / 2, 10e-9, 10e-9),))
        yield Control(f"straight, {width_m * 1e9:.0f} nm wide, pulse", "pulse", track, 1.64e12)
    for place_m in PLACES_m:
        yield from _tapered(place_m)
    yield from scan()
    for cell_m in (5e-9, 3e-9, 2e-9):
        for kind, guess in (("pulse", 1.334e12), ("static", 0.93e12)):
            name = f"cells: {cell_m * 1e9:g} nm, {kind}"
            yield Control(name, kind, PAPER, guess, cell_m=cell_m)


def scan() -> Iterator[Control]:
    """Yield the pulse on a notch 10 nm deep in tracks and films that differ in one number each."""
    for width_nm, guess in ((100, 1.95e12), (150, 1.33e12), (250, 0.8e12), (350, 0.57e12)):
        track = Track(1000e-9, width_nm * 1e-9, 2e-9, (Notch(500e-9, 10e-9, 10e-9),))
        yield Control(f"scan: {width_nm} nm wide", "pulse", track, guess)
    track = Track(1000e-9, 150e-9, 2e-9, (Notch(500e-9, 10e-9, 10e-9),))
    changes: tuple[tuple[str, float], ...] = (
        ("dmi_J_per_m2", 0.5e-3), ("dmi_J_per_m2", 1.5e-3), ("anisotropy_J_per_m3", 0.95e6),
        ("anisotropy_J_per_m3", 1.1e6), ("saturation_magnetization_A_per_m", 1.05e6),
        ("saturation_magnetization_A_per_m", 1.15e6),
    )  # fmt: skip
    for key, value in changes:
        material = replace(MATERIAL, **{key: value})
        yield Control(f"scan: {key} = {value:g}", "pulse", track, 1.33e12, material=material)


def _tapered(place_m: float) -> Iterator[Control]:
    """Yield a notch in a taper of 1:4, that is passed towards the wide and the narrow end."""
    width_m = width_at_m(place_m)
    there = Track(LENGTH_m, NARROW_m, 2e-9, (Notch(place_m, 10e-9, 10e-9),), WIDE_m)
    back = Track(
        LENGTH_m, WIDE_m, 2e-9, (Notch(LENGTH_m - place_m, 10e-9, 10e-9),), NARROW_m
    )  # fmt: skip
    for name, track in (("widening", there), ("narrowing", back)):
        guess = 1.6e12 * width_m / track.width_m
        yield Control(f"{name}, {width_m * 1e9:.1f} nm wide, pulse", "pulse", track, guess)


def width_at_m(place_m: float) -> float:
    """Return the width of the taper."""
    return NARROW_m + (WIDE_m - NARROW_m) * place_m / LENGTH_m


def print_taper_force() -> None:
    """Print the force on a straight wall in the bare taper, as a field, from the film's energy.

    Between places one period of the grid apart, so that the rows' beginnings do not count.
    """
    film = film_of(Track(LENGTH_m, NARROW_m, 2e-9, (), WIDE_m), MATERIAL, 5e-9)
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


class _Memory(dict[str, Any]):
    def find(self, part: str) -> Any | None:
        return self.get(part)

    def keep(self, part: str, content: Any) -> None:
        self[part] = content


def _quiet(_what: str, _runs: int) -> None:
    return None


def _ends(bracket: Bracket) -> dict[str, float]:
    return {
        "held_A_per_m2": bracket.held.current_A_per_m2,
        "lost_A_per_m2": bracket.lost.current_A_per_m2,
        "held_m": bracket.held.position_m,
    }


def run(path: Path, names: list[str]) -> None:
    """Compute what the file does not hold."""
    path.parent.mkdir(parents=True, exist_ok=True)
    finished = {record["name"] for record in records(path)}
    for control in controls():
        if control.name in finished or not all(name in control.name for name in names):
            continue
        start_s = time.process_time()
        record = {"name": control.name, **control.compute()}
        record["cpu_s"] = round(time.process_time() - start_s, 1)
        record["width_m"] = control.track.width_m
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
    parser.add_argument("folder", type=Path, nargs="?", default=Path("notch-controls"))
    parser.add_argument("names", nargs="*")
    given = parser.parse_args()
    path = given.folder / "controls.jsonl"
    if given.what == "run":
        run(path, given.names)
    print_taper_force()
    if found := records(path):
        print(*map(_row, found), sep="\n")
    else:
        print(f"{given.folder} holds no controls: compute them with `run {given.folder}`.")


if __name__ == "__main__":
    main()
