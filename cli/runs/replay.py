"""`dwmtj runs replay`: repeat a stored run on a virtual bench and compare point by point."""

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import print_line, print_message, print_table
from ..options import DatabaseOption, SeedOption, open_to_read, use_models_from

if TYPE_CHECKING:
    from ...analysis.run_comparison import PointDifference, RunComparison
    from ...protocols.replay import Replay
    from ...storage import RunRecord


def replay(
    run: Annotated[int, typer.Argument(metavar="RUN", help="Its number in `dwmtj runs list`.")],
    lab: Annotated[
        str | None,
        typer.Option(
            metavar="LAB",
            help="Virtual lab: trapezoid, straight, a lab file, or model:NAME for a digital twin.",
            show_default="the lab the run was measured on",
        ),
    ] = None,
    seed: SeedOption = None,
    keep: Annotated[
        bool, typer.Option("--keep", help="Store the replay as a run of its own.")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Repeat RUN on a virtual bench and show where it differs; no real instrument is touched.

    A run measured on a virtual bench must come out the same to the last digit, if the program is
    the same and the run was the first of its process; if not, the exit code is 1. On another lab,
    what differs beyond read noise is what the lab does otherwise than the device.

    \b
    Examples:
      dwmtj runs replay 3
      dwmtj runs replay 3 --lab straight --seed 7
      dwmtj runs replay 12 --lab model:trapezoid-A3 --keep
    """
    from ...analysis.run_comparison import compare_runs
    from ...protocols.replay import prepare_replay
    from ...storage import Store
    from ..measure import ProgressBar

    with open_to_read(database) as store:
        record, recorded = store.run(run), store.points(run, all_attempts=True)
    prepared = prepare_replay(record, recorded, lab, seed)
    benches = (use_models_from(database, bench_file) for bench_file in prepared.benches)
    prepared = replace(prepared, benches=tuple(benches))
    with ExitStack() as opened:
        if keep:
            to = opened.enter_context(Store.open(database, create=False))
        else:
            folder = Path(opened.enter_context(tempfile.TemporaryDirectory()))
            to = opened.enter_context(Store.open(folder / "replay.sqlite"))
        bar = ProgressBar(f"replay of run {run}")
        with bar.display:
            number, failure = prepared.into(to, (bar,))
        compared = compare_runs(recorded, to.points(number, all_attempts=True))
    if failure:
        print_message(f"The replay ended early: {failure}")
    _print(record, prepared, compared)
    if keep:
        print_line(f"The replay is run {number}.")
    if prepared.exact and not compared.identical:
        _print_reasons(record)
        raise typer.Exit(1)


def _print(record: "RunRecord", prepared: "Replay", compared: "RunComparison") -> None:
    number, where = record.summary.id, prepared.benches[0].visa_library.partition("?")[0]
    points = f"{compared.recorded_points} points"
    if compared.identical:
        verdict = f"identical to the last digit, {points}"
    elif compared.repeated_points != compared.recorded_points:
        verdict = f"{compared.repeated_points} points instead of {compared.recorded_points}"
    else:
        beyond = sum(phase.beyond_noise for phase in compared.phases)
        verdict = f"{beyond} of {points} differ beyond read noise"
    what = prepared.protocol.name
    print_line(f"Run {number}, {what} on {where or 'trapezoid'}: {verdict}")
    if compared.identical:
        return
    for title, first in (
        ("First difference", compared.first),
        ("First beyond read noise", compared.first_beyond_noise),
    ):
        if first is not None:
            print_line(f"{title}: {_told(first)}")
    noise = compared.relative_noise
    print_table(
        "Differences" if noise is None else f"Differences (read noise {noise:.2g} of a reading)",
        ("phase", "points", "differ", "beyond noise", "median ΔR/R", "largest ΔR/R"),
        [
            (
                each.phase,
                str(each.points),
                str(each.differing),
                str(each.beyond_noise),
                f"{each.median:.2g}",
                f"{each.largest:.2g}",
            )
            for each in compared.phases
        ],
    )


def _told(first: "PointDifference") -> str:
    pulse = "" if first.amplitude_V is None else f", {first.amplitude_V:g} V"
    return (
        f"point {first.point} ({first.phase}, cycle {first.cycle}{pulse}): {first.column} "
        f"{first.recorded} recorded, {first.repeated} replayed"
    )


def _print_reasons(record: "RunRecord") -> None:
    from ...storage.code_version import code_version

    measured, now = record.attempts[-1].code_version, code_version()
    program = "" if measured == now else f"; it was measured by dwmtj {measured}, this is {now}"
    print_message(
        "Why it may differ: the lab had a history (earlier runs in the same process, an array kept "
        f"in a file), the points were changed, or the program was{program}."
    )
