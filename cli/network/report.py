"""The tables of `dwmtj network`: writing, accuracies, retention; training in the loop."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..console import print_line, print_pairs, print_table
from ..learn.options import print_output

if TYPE_CHECKING:
    from ...simulators.networks.array_training.train import TrainingOutcome
    from ...simulators.networks.programming.readout_result import ArrayOutcome, Stage
    from ...simulators.networks.study_output import StudyOutput


def print_array(output: "StudyOutput[ArrayOutcome]", to: Path) -> None:
    """Print the numbers of the writing, the accuracies, and where all is stored."""
    outcome = output.outcome
    _print_writing(outcome.writing)
    _print_stages(outcome.stages)
    for retention in outcome.retention:
        print_line(retention.message)
    print_output(output, list_files=False)
    print_line(f"{len(output.files)} files of figures: in {to}")


def print_training(output: "StudyOutput[TrainingOutcome]", to: Path) -> None:
    """Print what a training in the loop reached and took, and where all is stored."""
    outcome = output.outcome
    from ...simulators.networks.programming.readout_result import duration

    low, high = (f"{100 * end:.2f}" for end in outcome.interval)
    energy = outcome.energy_J
    print_pairs(
        "Training in the loop",
        [
            ("test accuracy", f"{100 * outcome.accuracy:.2f} % ({low} to {high} %)"),
            ("held-out accuracy", f"{100 * outcome.held_out[-1]:.2f} %"),
            ("devices", f"{outcome.devices}: {outcome.stuck} stuck, {outcome.open} open"),
            ("readings", f"{outcome.readings} in {outcome.visits} visits"),
            ("pulses", f"{outcome.pulses}, up to {outcome.largest_V:g} V"),
            ("time on the bench", duration(outcome.bench_time_s)),
            (
                "energy of the pulses",
                "unknown: give track_resistance_ohm in the bench file"
                if energy is None
                else f"{1e9 * energy:.1f} nJ",
            ),
        ],
    )
    print_output(output, list_files=False)
    print_line(f"{len(output.files)} files of figures: in {to}")


def _print_writing(numbers: Mapping[str, Any]) -> None:
    from ...simulators.networks.programming.readout_result import duration

    energy_J, devices = numbers["energy_J"], numbers["devices"]
    share = " to ".join(f"{100 * numbers[f'yield_{end}']:.2f}" for end in ("low", "high"))
    rows = [
        ("devices with their target", f"{numbers['written']} of {devices} ({share} %)"),
        ("devices that were pulsed", str(numbers["fired_at"])),
        ("pulses for each of these", f"{numbers['pulses_per_device_fired_at']:.2f} on average"),
        ("maximum for one device", str(numbers["most_pulses"])),
        ("time on the bench", duration(numbers["bench_time_s"])),
        ("of which pulses", f"{1e6 * numbers['pulse_time_s']:.1f} µs"),
    ]
    unknown = "unknown: give track_resistance_ohm in the bench file"
    rows.append(
        ("energy of the pulses", unknown if energy_J is None else f"{1e9 * energy_J:.1f} nJ")
    )
    print_pairs("Writing", rows)


def _print_stages(stages: Sequence["Stage"]) -> None:
    rows = [
        (
            stage.name,
            f"{100 * stage.accuracy:.2f}",
            " to ".join(f"{100 * end:.2f}" for end in stage.interval),
            str(stage.changed),
        )
        for stage in stages
    ]
    columns = ("readout layer", "test accuracy (%)", "95 % interval", "images classified otherwise")
    print_table(f"Of {stages[0].images} test images", columns, rows)
