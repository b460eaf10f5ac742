"""`dwmtj retention`: lifetimes of written states, and their activation over temperatures."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import DwmtjError
from ..console import err, print_line, print_message, print_pairs, print_table
from ..options import DatabaseOption, open_to_read, parsed_temperature_K

if TYPE_CHECKING:
    from ...analysis.lifetime.arrhenius import Arrhenius
    from ...analysis.lifetime.decay import Decay
    from ...analysis.lifetime.temperature import Temperature
    from ...storage import Store

    Measured = tuple[int, Temperature | None, Decay]

COLUMNS = ("run", "T", "level (Ω)", "waits", "left", "longest wait", "mean lifetime")


def retention(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Their numbers in `dwmtj runs list`.")
    ],
    at: Annotated[
        str, typer.Option("--at", metavar="K|°C", help="Temperature to extrapolate to.")
    ] = "300K",
    temperatures: Annotated[
        list[str] | None,
        typer.Option(
            "--temperature",
            metavar="K|°C",
            help="Temperature of a run, instead of the stored one; once for each run, in order.",
        ),
    ] = None,
    tolerance: Annotated[
        float,
        typer.Option(
            min=1e-6, max=0.99, help="Relative change of R at which a state has left its level."
        ),
    ] = 0.02,
    to: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FOLDER",
            help="Folder for the figure (arrhenius.png, .svg and .csv).",
            show_default="no figure",
        ),
    ] = None,
    overwrite: Annotated[bool, typer.Option(help="Replace existing files.")] = False,
    database: DatabaseOption = None,
) -> None:
    """Find out how long written states last, from retention or read-series runs.

    Runs of one state at three temperatures or more give its barrier and attempt rate, and its
    lifetime at another temperature. Where nothing decayed, the bound is printed.

    \b
    Examples:
      dwmtj retention 3
      dwmtj retention 3 4 5 --at 300K -o figures
      dwmtj retention 3 4 5 --temperature 300K --temperature 330K --temperature 358K
    """
    use_K = parsed_temperature_K(at, "--at") or 0.0
    given = [parsed_temperature_K(text) for text in temperatures or ()]
    if given and len(given) != len(runs):
        raise DwmtjError(
            f"{len(given)} temperatures are given for {len(runs)} runs: give --temperature once "
            "for each run, in order."
        )
    with err.status("Analysing"), open_to_read(database) as store:
        measured = _measured(store, runs, given, tolerance)
    _print_decays(measured, tolerance)
    if len(runs) == 1:
        return
    found = _fit(measured)
    if found is None:
        return
    _print_fit(found, use_K)
    if to is not None:
        from ...analysis.figures import save
        from ...analysis.figures.series.retention import arrhenius_plot
        from ...storage import check_overwrite

        for kind in ("png", "svg", "csv"):
            check_overwrite(to / f"arrhenius.{kind}", overwrite=overwrite)
        numbers = ", ".join(map(str, runs))
        for path in save(arrhenius_plot(found, use_K), to, "arrhenius", source=f"runs {numbers}"):
            print_line(str(path))


def _measured(
    store: "Store", runs: Sequence[int], given: Sequence[float | None], tolerance: float
) -> "list[Measured]":
    from ...analysis import AnalysisError
    from ...analysis.lifetime.decays import decays_of
    from ...analysis.lifetime.temperature import Temperature, temperature_of

    found: list[Measured] = []
    for at, run in enumerate(runs):
        record, points = store.run(run), store.points(run)
        stated = given[at] if given else None
        known = temperature_of(record, points) if stated is None else Temperature(stated, "stated")
        try:
            decays = decays_of(points, tolerance)
        except AnalysisError as error:
            raise AnalysisError(f"Run {run}: {error}") from error
        found += [(run, known, decay) for decay in decays]
    return found


def _print_decays(measured: "Sequence[Measured]", tolerance: float) -> None:
    from ...analysis.report.series import retention_remarks, retention_row

    rows = [
        (str(run), "not stated" if known is None else str(known), *retention_row(decay)[:5])
        for run, known, decay in measured
    ]
    print_table(f"Retention: a level is left at a change of R by {tolerance:.2%}", COLUMNS, rows)
    if any(known is not None and known.source == "stated" for _, known, _ in measured):
        print_line("Temperatures are as stated, not measured.")
    for run, _, decay in measured:
        for remark in retention_remarks([decay]):
            print_line(f"Run {run}: {remark}")


def _fit(measured: "Sequence[Measured]") -> "Arrhenius | None":
    """Return the fit of one state; prints the reason and returns None where there is none."""
    from ...analysis import AnalysisError
    from ...analysis.lifetime.arrhenius import fit_arrhenius

    unknown = sorted({run for run, known, _ in measured if known is None})
    if unknown:
        numbers = ", ".join(map(str, unknown))
        print_message(
            f"No barrier: run {numbers} has no temperature; give --temperature once for each run."
        )
        return None
    levels = [decay.waits.level_ohm for _, _, decay in measured]
    spread = max(levels) / min(levels) - 1 if min(levels) > 0 else 0.0
    if spread > 2 * measured[0][2].waits.tolerance:
        print_message(
            f"No barrier: the runs hold states from {min(levels):.4g} to {max(levels):.4g} Ω, and "
            "a barrier is that of one; choose runs of one level, or a larger --tolerance."
        )
        return None
    try:
        return fit_arrhenius(
            [known.kelvin for _, known, _ in measured if known is not None],
            [decay for _, _, decay in measured],
        )
    except AnalysisError as error:
        print_message(f"No barrier: {error}")
        return None


def _print_fit(found: "Arrhenius", use_K: float) -> None:
    from ...analysis.formatting import format_interval
    from ...analysis.lifetime.arrhenius import BOLTZMANN_eV_per_K
    from ...analysis.lifetime.decay import TEN_YEARS_S, survival_at
    from ...analysis.lifetime.durations import format_lifetime, format_share

    barrier, attempt, rate = found.barrier_eV, found.attempt_rate_Hz, found.rate_at(use_K)
    held = survival_at(rate, TEN_YEARS_S)
    none = "not extrapolated"
    room = barrier.value / (BOLTZMANN_eV_per_K * use_K)
    print_pairs(
        f"Γ = f0 exp(−E_b/k_B T), extrapolated to {use_K:g} K",
        [
            ("E_b (eV)", format_interval(barrier.value, barrier.low, barrier.high)),
            (f"E_b/k_B T at {use_K:g} K", f"{room:.3g}"),
            ("f0 (Hz)", f"{attempt.value:.2g} ({attempt.low:.2g} to {attempt.high:.2g})"),
            ("mean lifetime", format_lifetime(found.lifetime_at(use_K)) if found.fits else none),
            ("held for 10 years", format_share(held) if found.fits else none),
            ("test: one barrier, p", f"{found.one_barrier:.2g}"),
        ],
    )
    if not found.fits:
        print_line(
            "One barrier with a constant rate does not fit these runs: nothing is extrapolated."
        )
    hottest, coldest = max(found.temperatures_K), min(found.temperatures_K)
    if not coldest <= use_K <= hottest:
        print_line(
            f"{use_K:g} K lies outside of the measured {coldest:g} to {hottest:g} K: this assumes "
            "that neither barrier nor attempt rate depends on the temperature."
        )
