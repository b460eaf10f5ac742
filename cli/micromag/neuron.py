"""`dwmtj micromag neuron`: the transfer curve of a domain-wall neuron."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, resumable
from .study import checkpoint_of

if TYPE_CHECKING:
    from ...simulators.micromagnetics import TransferCurve

COLUMNS = ("J (1e12 A/m²)", "wall at (nm)", "G", "J_norm", "G_norm", "fit")
STEM = "neuron"


def neuron(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    to: FolderOption,
    current: Annotated[
        list[float] | None,
        typer.Option(
            help="Current density of a pulse, in 1e12 A/m²; repeatable.",
            show_default="0.10, 0.15, … 0.45",
        ),
    ] = None,
    start_nm: Annotated[
        float, typer.Option("--start", metavar="NM", help="Wall's position before the pulse, nm.")
    ] = 80.0,
    pulse_ns: Annotated[
        float, typer.Option("--pulse", metavar="NS", help="Duration of the pulse, in ns.")
    ] = 3.0,
    detector_nm: Annotated[
        tuple[float, float],
        typer.Option("--detector", metavar="NM NM", help="Start and end of the detector, in nm."),
    ] = (128.0, 384.0),
    overwrite: OverwriteOption = False,
) -> None:
    """Find where pulses of rising current leave the wall under a detector, and fit the curve.

    Writes neuron.csv, .png and .svg. An interrupted study resumes with the same command.

    \b
    Examples:
      dwmtj micromag neuron track.toml -o neuron --start 80 --pulse 3 --detector 128 384
    """
    from ...analysis.figures import save
    from ...simulators.micromagnetics import NeuronPulse, load_track, transfer_curve
    from ...simulators.micromagnetics.neuron import distinct_currents
    from ...simulators.networks.progress import progress_bar
    from .neuron_figure import neuron_panel

    file = load_track(track_file)
    pulse = NeuronPulse(
        start_nm * 1e-9, pulse_ns * 1e-9, (detector_nm[0] * 1e-9, detector_nm[1] * 1e-9)
    )
    pulse.check_on(file.film)
    currents = distinct_currents(
        [density * 1e12 for density in current or [0.05 * k for k in range(2, 10)]]
    )
    outputs = [f"{STEM}.{kind}" for kind in ("png", "svg", "csv")]
    study = checkpoint_of(
        to / "neuron.checkpoint", track_file, transfer_curve, outputs, overwrite=overwrite
    )
    with study as checkpoint:
        total = max(len(checkpoint) + 1, len(currents))
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "pulses") as progress,
        ):
            progress("", len(checkpoint))
            curve = transfer_curve(
                file.film, pulse, currents, file.search.accuracy, checkpoint, progress
            )
        print_curve(curve)
        paths = save(neuron_panel(curve), to, STEM, source=str(track_file))
    for path in paths:
        print_line(str(path))


def print_curve(curve: "TransferCurve") -> None:
    """Print a row for each pulse, and the polynomial."""
    current_norm, conductance_norm = curve.normalised
    fit = curve.fitted(current_norm)
    columns = (
        curve.current_A_per_m2 / 1e12, curve.position_m * 1e9, curve.conductance,
        current_norm, conductance_norm, fit,
    )  # fmt: skip
    formats = ("g", ".1f", ".4f", ".4f", ".4f", ".4f")
    rows = [
        tuple(f"{value:{form}}" for value, form in zip(row, formats, strict=True))
        for row in zip(*columns, strict=True)
    ]
    print_table("Wall and conductance at the end of each pulse", COLUMNS, rows)
    terms = " ".join(
        f"{coefficient:+.4f} J^{power}"
        for power, coefficient in enumerate(curve.coefficients, start=1)
    )
    print_line(
        f"G_norm = {terms} (J = J_norm), within {abs(fit - conductance_norm).max():.4f}; from the "
        f"straight line it deviates by {abs(conductance_norm - current_norm).max():.4f} at most"
    )
