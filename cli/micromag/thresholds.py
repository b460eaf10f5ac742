"""`dwmtj micromag thresholds`: the currents at which notches let a domain wall go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, resumable
from .cells import print_cells_remarks
from .study import checkpoint_of

if TYPE_CHECKING:
    from ...simulators.micromagnetics import NotchThresholds
    from ...simulators.micromagnetics.thresholds.bracket import Bracket

COLUMNS = ("notch", "threshold", "J (1e12 A/m²)", "last held at (nm)", "beyond it")
RESULT = "thresholds.json"
CHECKPOINT = "thresholds.checkpoint"


def thresholds(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    to: FolderOption,
    notch: Annotated[
        list[int] | None,
        typer.Option(help="Number of a notch, from 1; repeatable.", show_default="all"),
    ] = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Find the run-up, the static and the pulse threshold of the notches of a track.

    Run-up: the current is switched on well before the notch. Static: it is raised in small steps
    under the wall at rest. Pulse: a square pulse on a wall that relaxed in the notch. Writes
    thresholds.json and the states as OVF 2.0 and PNG. An interrupted study resumes with the same
    command.

    \b
    Examples:
      dwmtj micromag thresholds track.toml -o thresholds --notch 1
    """
    from ...simulators.micromagnetics import expected_runs, load_track, notch_thresholds
    from ...simulators.networks.progress import progress_bar
    from .threshold_files import state_files, write_result, write_states

    file = load_track(track_file)
    numbers = check_notches(notch, len(file.track.notches))
    outputs = [RESULT, *(name for number in numbers for name in state_files(number))]
    study = checkpoint_of(
        to / CHECKPOINT, track_file, notch_thresholds, outputs, overwrite=overwrite
    )
    with study as checkpoint:
        total = max(len(checkpoint) + 1, expected_runs(file.search) * len(numbers))
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "runs") as progress,
        ):
            progress("", len(checkpoint))
            found = [
                notch_thresholds(file.film, file.track, number, file.search, checkpoint, progress)
                for number in numbers
            ]
        print_thresholds(found)
        print_cells_remarks(file)
        text = track_file.read_text(encoding="utf-8-sig")
        paths = [write_result(to / RESULT, found, text)]
        paths += [path for one in found for path in write_states(to, one, file.film)]
    for path in paths:
        print_line(str(path))


def check_notches(given: list[int] | None, count: int) -> list[int]:
    """Return the notches to study; raises MicromagneticsError if there are none, or not these."""
    from ...simulators.micromagnetics import MicromagneticsError

    wrong = [number for number in given or () if not 1 <= number <= count]
    if wrong or not count:
        asked = f"There is no notch {wrong[0]}" if wrong else "There is nothing to study"
        raise MicromagneticsError(f"{asked}: the track has {count} notches.")
    return sorted(set(given)) if given else list(range(1, count + 1))


def print_thresholds(found: "list[NotchThresholds]") -> None:
    """Print a row for each threshold, and the positions around a pulse."""
    rows = []
    for one in found:
        brackets = (("run-up", one.run_up), ("static", one.static), ("pulse", one.pulse))
        rows += [(str(one.notch), *_row(name, bracket)) for name, bracket in brackets]
    print_table(
        "Thresholds: middle ± half width of the bracket; positions are means over the width",
        COLUMNS,
        rows,
    )
    for one in found:
        held, lost = one.held_pulse, one.lost_pulse
        print_line(
            f"notch {one.notch} at {_nm(one.position_m)} nm: the ends of the track push the wall "
            f"with {one.ends_field_A_per_m:+.0f} A/m; wall at the end of the pulse → after rest: "
            f"{_nm(held.at_end.position_m)} → {_nm(held.after_rest.position_m)} nm below the "
            f"threshold, {_nm(lost.at_end.position_m)} → {_nm(lost.after_rest.position_m)} nm above"
        )


def _row(name: str, bracket: "Bracket") -> tuple[str, str, str, str]:
    return (
        name,
        f"{bracket.middle_A_per_m2 / 1e12:.4f} ± {bracket.half_width_A_per_m2 / 1e12:.4f}",
        _nm(bracket.held.position_m),
        bracket.lost.ending,
    )


def _nm(position_m: float) -> str:
    return f"{position_m * 1e9:.1f}"
