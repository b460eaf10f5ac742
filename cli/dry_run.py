"""Prints what a protocol will do on a bench, without opening the bench."""

from ..instruments import BenchFile
from ..protocols.dry_run import check_against_limits, dry_run
from ..protocols.procedure import BenchProcedure
from ..quantities import format_duration, format_quantity
from .console import print_pairs


def print_dry_run(procedure: BenchProcedure, bench_file: BenchFile) -> None:
    """Print the size of a run; raises DwmtjError if the bench file does not allow it."""
    check_against_limits(procedure, bench_file)
    run = dry_run(procedure, bench_file)
    shape = procedure.set_points().shape
    most = "at most " if procedure.chooses_pulses else ""
    pulses = f"{most}{run.pulses}, up to {format_quantity(run.largest_amplitude_V, 'V')}"
    if shape is not None:
        pulses += f", {format_quantity(shape.width_s, 's')} wide"
    print_pairs(
        f"{procedure.name} on {bench_file.name}, a dry run: nothing is set and nothing is stored",
        [
            ("cycles", f"{most}{run.cycles}"),
            ("points", f"{most}{run.points}"),
            ("pulses", pulses if run.pulses else "none"),
            ("field", f"up to {format_quantity(run.largest_field_T, 'T')}, of either sign"),
            (
                "duration",
                f"{most or 'about '}{format_duration(run.duration_s)} with real instruments",
            ),
        ],
    )
