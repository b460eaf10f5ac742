"""Options that the commands for networks share, and what they print at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...simulators.networks import NetworkError
from ..console import print_line, print_notes

if TYPE_CHECKING:
    from ...analysis.state_model.model import StateModel
    from ...simulators.networks.crossbar.mapping import Clipping
    from ...simulators.networks.study_output import StudyOutput

ComputeDevice = Literal["auto", "cpu", "cuda"]
DeviceOption = Annotated[
    ComputeDevice,
    typer.Option("--on", help="Compute device: auto, cpu or cuda. auto is a GPU if there is one."),
]
FolderOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder of the files to write.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Overwrite files of an earlier run.")
]
DevicesSeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Random seed of the devices.")
]
WeightsOption = Annotated[
    Path,
    typer.Option(
        metavar="FILE",
        help="Weights that dwmtj learn cifar100 wrote.",
        show_default="the bundled ResNet-20",
    ),
]
TestImagesOption = Annotated[
    int | None,
    typer.Option(min=2, help="Number of test images, from the first.", show_default="all 10,000"),
]
ClipOption = Annotated[
    bool,
    typer.Option("--clip", help="Clip weights to the range of least squared error of each layer."),
]
ClipForErrorsOption = Annotated[
    bool,
    typer.Option("--clip-for-errors", help="As --clip, including the programming error."),
]
PerOutputOption = Annotated[
    bool, typer.Option("--per-output", help="Separate weight range for each output of a layer.")
]
JobsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Number of local processes.", show_default="one per core"),
]
ExecutorOption = Annotated[
    str,
    typer.Option(metavar="WHERE", help="Executor: local, or dask://HOST:PORT of a dask scheduler."),
]


@contextmanager
def resumable() -> Iterator[None]:
    """End with exit code 1 when a study is interrupted, after printing how to resume it."""
    try:
        yield
    except KeyboardInterrupt as interruption:
        if not getattr(interruption, "__notes__", ()):
            raise  # nothing had begun
        print_notes(interruption)
        raise typer.Exit(1) from interruption


def find_optional_model(name: str | None, database: str | None) -> "StateModel | None":
    """Return the state model of a name or file, None for none; raises AnalysisError, StoreError."""
    if name is None:
        return None
    from ...analysis.state_model.store import find_model

    return find_model(name, database)


def clipping_of(*, clip: bool, for_errors: bool) -> "Clipping":
    """Return how weights are clipped; raises NetworkError for both ways at once."""
    if clip and for_errors:
        raise NetworkError("--clip and --clip-for-errors exclude each other: give one of them.")
    return "expected-error" if for_errors else "least-squares" if clip else "none"


def print_output(output: "StudyOutput[Any]", *, list_files: bool = True) -> None:
    """Print where a study's results are stored and which files it wrote."""
    print_line(f"{output.numbers}: stored in {output.database}")
    for path in output.files if list_files else ():
        print_line(str(path))
