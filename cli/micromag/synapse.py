"""`dwmtj micromag synapse`: from the drawing of a track to a state model."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, resumable
from ..options import DatabaseOption
from .cells import print_cells_remarks
from .study import checkpoint_of

if TYPE_CHECKING:
    from ...simulators.film_device.pulsed_notches import PulsedPair
    from ...simulators.micromagnetics import Synapse, TrackFile
    from .synapse_bench import Amplitudes

COLUMNS = (
    "notch", "rest (nm)", "to CLK (V)", "to IN (V)", "barriers IN, CLK (k_BT)", "dwell (s)"
)  # fmt: skip
NUMBERS, MOVIE, CHECKPOINT = "synapse.json", "wall.gif", "synapse.checkpoint"


def synapse(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    name: Annotated[str, typer.Option(help="Name of the model and of the device.")],
    to: FolderOption,
    database: DatabaseOption = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of the virtual device.")] = 1,
    gif: Annotated[
        bool, typer.Option("--gif", help="Also write wall.gif: a pulse frees the wall.")
    ] = False,
    inertia: Annotated[
        bool,
        typer.Option(
            "--inertia", help="Add the constants for short pulses of each notch, by reduced models."
        ),
    ] = False,
    overwrite: OverwriteOption = False,
) -> None:
    """Turn the drawing of a track into a device and a state model.

    Finds the pulse that frees the wall from each notch in both directions and the barriers of the
    wall at rest, makes a device of them with its virtual bench (device.toml, lab.toml, bench.toml),
    measures that with a staircase of pulses both ways, and calibrates the model (NAME.json, and in
    the database). An interrupted study resumes with the same command.

    \b
    Examples:
      dwmtj micromag synapse track.toml --name dw5 -o dw5
      dwmtj micromag synapse track.toml --name dw5 -o dw5 --inertia
      dwmtj learn stream --model dw5 -o learned
    """
    from ...analysis.state_model.file import model_json
    from ...simulators.film_device.drawn_device import electrodes
    from ...simulators.film_device.pulsed_notches import expected_drag_steps, pulsed_pairs
    from ...simulators.micromagnetics import (
        check_levels,
        expected_synapse_runs,
        load_track,
        synapse_of,
    )
    from ...simulators.networks.progress import progress_bar
    from ...storage import atomic_write
    from ..models.tables import print_model
    from .synapse_bench import BENCH, DEVICE, LAB
    from .synapse_files import (
        check_name,
        write_bench,
        write_movie_of,
        write_numbers,
        write_states,
    )
    from .synapse_measurement import measured_model

    check_name(name)
    file = load_track(track_file)
    electrodes(file)  # refused before anything is computed
    drags, study_of = (expected_drag_steps(file), pulsed_pairs) if inertia else (0, synapse_of)
    outputs = [NUMBERS, DEVICE, LAB, BENCH, f"{name}.json", *([MOVIE] if gif else [])]
    study = checkpoint_of(to / CHECKPOINT, track_file, study_of, outputs, overwrite=overwrite)
    with study as checkpoint:
        total = max(len(checkpoint) + 1, expected_synapse_runs(file.track, file.search) + drags)
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "runs") as progress,
        ):
            progress("", len(checkpoint))
            found = synapse_of(file.film, file.track, file.mask, file.search, checkpoint, progress)
            check_levels(found, file.assumptions.temperature_K, file.assumptions.attempt_rate_Hz)
            pairs = pulsed_pairs(file, found, checkpoint, progress) if inertia else ()
            movie = [write_movie_of(to / MOVIE, file, found, progress)] if gif else []
        parameters, amplitudes, paths = write_bench(to, name, track_file, file, found, pairs, seed)
        paths += write_states(to, file, found)
        model, place = measured_model(
            name, to / BENCH, parameters, amplitudes, found, file, track_file, database, seed
        )
        with atomic_write(to / f"{name}.json") as draft:
            draft.write_text(model_json(model), encoding="utf-8")
        paths.append(write_numbers(to / NUMBERS, track_file, file, found, amplitudes))
    print_notches(found, amplitudes, file)
    print_cells_remarks(file)
    print_ratios(found, pairs)
    print_model(model)
    print_line(f"model {model.name}, version {model.version}: stored in {place}")
    for path in (to / f"{name}.json", *paths, *movie):
        print_line(str(path))


def print_notches(found: "Synapse", amplitudes: "Amplitudes", file: "TrackFile") -> None:
    """Print a row for each notch."""
    from ...simulators.micromagnetics.constants import BOLTZMANN_J_per_K

    assumptions = file.assumptions
    thermal_J = BOLTZMANN_J_per_K * assumptions.temperature_K
    rows = []
    for one, forward_V, backward_V in zip(
        found.notches, amplitudes.to_CLK_V, amplitudes.to_IN_V, strict=True
    ):
        barriers = one.barriers
        dwell_s = barriers.dwell_time_s(assumptions.temperature_K, assumptions.attempt_rate_Hz)
        rows.append(
            (
                str(one.notch),
                f"{one.position_m * 1e9:.1f}",
                f"{forward_V:.3f}",
                f"{backward_V:.3f}",
                f"{barriers.backward.barrier_J / thermal_J:.1f}, "
                f"{barriers.forward.barrier_J / thermal_J:.1f}",
                f"{dwell_s:.1e}",
            )
        )
    title = (
        f"Pulses of {file.search.pulse_s * 1e9:g} ns that free a wall at 0 K; retention at "
        f"{assumptions.temperature_K:g} K and {assumptions.attempt_rate_Hz:g} Hz"
    )
    print_table(title, COLUMNS, rows)


def print_ratios(found: "Synapse", pairs: "tuple[PulsedPair, ...]") -> None:
    """Print how far the reduced models of the notches are off the film."""
    for one, pair in zip(found.notches, pairs, strict=bool(pairs)):
        print_line(
            f"notch {one.notch}: constants for pulses of a reduced model, its currents times "
            f"{pair.ratio_to_CLK:.3f} (to CLK) and {pair.ratio_to_IN:.3f} (to IN) as in the film"
        )
