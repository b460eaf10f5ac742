"""`dwmtj apply`: from a device's measurement to the accuracy of a network of such devices."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import DwmtjError
from ...simulators.networks import require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ..console import print_line, print_message, print_table
from ..learn.options import (
    FolderOption,
    JobsOption,
    OverwriteOption,
    WeightsOption,
    print_output,
    resumable,
)
from ..options import DatabaseOption, LevelsOption, login_name, parsed_levels
from ..runs.import_options import (
    AcceptUnusualOption,
    ConstantsOption,
    DecimalOption,
    DropEqualOption,
    ImportedProtocolOption,
    MapsOption,
    TableOption,
    WhereOption,
    decimal_of,
)

if TYPE_CHECKING:
    from ...analysis.levels.grouping.given import Wanted
    from ...analysis.state_model.model import StateModel
    from ...storage.importing.options import ImportOptions
    from ...storage.importing.run import ImportedRun


def apply(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RUN|MODEL",
            help="Readings (CSV, .xlsx, .h5, .mat …), number of a stored run, or state model.",
        ),
    ],
    to: FolderOption,
    task: Annotated[
        str,
        typer.Option(
            "--task",
            metavar="TASK",
            help="fashion-mnist, cifar100, or FILE.py:NAME of a network with a test_set().",
        ),
    ] = "fashion-mnist",
    maps: MapsOption = None,
    protocol: ImportedProtocolOption = None,
    constants: ConstantsOption = None,
    where: WhereOption = None,
    table: TableOption = None,
    decimal: DecimalOption = None,
    drop_equal: DropEqualOption = False,
    accept_unusual: AcceptUnusualOption = False,
    device: Annotated[
        str | None, typer.Option(help="Name of the device.", show_default="that of the file")
    ] = None,
    levels: LevelsOption = None,
    draws: Annotated[
        int, typer.Option(min=2, help="Devices drawn from the posterior, a network each.")
    ] = 39,
    images: Annotated[
        int | None, typer.Option(min=2, help="Test inputs, from the first.", show_default="all")
    ] = None,
    weights: WeightsOption = RESNET20,
    seed: Annotated[int, typer.Option(min=0, help="Random seed of training and devices.")] = 0,
    jobs: JobsOption = None,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Import, calibrate, and put a network on the device's levels: one command.

    Prints the accuracy with what the measurement leaves open of it, and writes a figure and a page.
    Without --map, the columns of a file are guessed, and the guess is printed. An interrupted
    command resumes when it is repeated.

    \b
    Examples:
      dwmtj apply a3.csv -o a3 --map "V=amplitude_V" --map "R=resistance_ohm"
      dwmtj apply straight-B1 -o b1 --task cifar100 --images 1000
      dwmtj apply 3 -o mine --task my_module.py:Net
    """
    require_learning()
    from ...simulators.networks.application.apply import (
        ApplicationStudy,
        apply_device,
        check_request,
    )
    from ...simulators.networks.application.summary import accuracy_table, contents
    from ...storage.importing.options import ImportOptions

    check_request(to, task, weights, overwrite=overwrite)
    options = ImportOptions(
        where=tuple(where or ()),
        table=table,
        decimal=decimal_of(decimal),
        drop_equal=drop_equal,
        accept_unusual=accept_unusual,
    )
    reading = _Reading(maps or [], protocol, constants or [], options)
    chosen = parsed_levels(levels)
    checked = _checked_source(source, reading, device, chosen, database)
    study = ApplicationStudy(
        model=checked.model, task=task, draws=draws, images=images, seed=seed, weights=weights
    )

    def with_stored_model() -> ApplicationStudy:
        nonlocal study
        model, runs = checked.store()
        study = replace(study, model=model, runs=runs)
        return study

    with resumable():
        output = apply_device(
            to,
            study,
            database=database,
            jobs=jobs,
            overwrite=overwrite,
            when_checked=with_stored_model,
        )
    model = study.model
    found = accuracy_table(output.outcome, model)
    print_table(found.title, found.columns, found.rows)
    for sentence in (*found.remarks, *contents(output.outcome, model)):
        print_line(sentence)
    print_output(output)


class _Reading:
    """How the file is to be read."""

    def __init__(
        self, maps: list[str], protocol: str | None, constants: list[str], options: "ImportOptions"
    ) -> None:
        self.maps, self.protocol, self.constants = maps, protocol, constants
        self.options = options

    @property
    def is_given(self) -> bool:
        return bool(self.maps or self.protocol or self.constants or self.options.chosen)

    def run(self, file: Path) -> "ImportedRun":
        """Read the file; raises ImportFileError and DwmtjError."""
        from ...storage.importing.guess import guess_mapping
        from ...storage.importing.run import read_run

        maps, protocol = self.maps, self.protocol
        if not maps:
            guess = guess_mapping(file, self.options.table)
            maps, protocol = list(guess.maps), protocol or guess.protocol
            if not maps:
                raise DwmtjError(
                    f"No column of {file} is recognised: map them with --map COLUMN=QUANTITY; "
                    f"`dwmtj runs import {file} --show` shows the columns."
                )
            print_message(f"Columns are guessed: {', '.join(maps)}; protocol {protocol}.")
        run = read_run(file, protocol or "staircase-write", maps, self.constants, self.options)
        for remark in run.remarks:
            print_message(f"{run.file}: {remark}.")
        return run


@dataclass(frozen=True, slots=True)
class _Source:
    """A state model that is not stored yet, and what stores it and returns it with its runs."""

    model: "StateModel"
    store: Callable[[], tuple["StateModel", tuple[int, ...]]]


def _checked_source(
    source: str,
    reading: _Reading,
    device: str | None,
    wanted: "Wanted | None",
    database: str | None,
) -> _Source:
    """Return the state model of a file, a run or a model, without storing anything yet."""
    from ...analysis.state_model.store import find_model
    from ...simulators.networks.application.device_source import preview_file

    file = Path(source).expanduser()
    if source.isdecimal():
        return _of_run(int(source), device, wanted, database)
    if source.endswith(".json") or not (file.is_file() or file.suffix):
        if reading.is_given or wanted is not None or device is not None:
            raise DwmtjError(
                f"{source} is a model: --map, --protocol, --set, --where, --table, --levels and "
                "--device are for a file of readings."
            )
        model = find_model(source, database)
        return _Source(model, lambda: (model, ()))
    run = reading.run(file)
    name = device or file.stem
    print_message(f"Calibrating {name} …")
    return _Source(
        preview_file(run, name, wanted), partial(_store_file, run, name, wanted, database)
    )


def _of_run(number: int, device: str | None, wanted: "Wanted | None", at: str | None) -> _Source:
    from ...simulators.networks.application.device_source import model_of_runs, preview_runs
    from ...storage import Store

    with Store.open(at, create=False) as store:
        name = device or store.run(number).summary.device
        model = preview_runs(store, number, name, wanted)

    def keep() -> tuple["StateModel", tuple[int, ...]]:
        with Store.open(at, create=False) as store:
            return model_of_runs(store, [number], name, wanted), (number,)

    return _Source(model, keep)


def _store_file(
    run: "ImportedRun", name: str, wanted: "Wanted | None", database: str | None
) -> tuple["StateModel", tuple[int, ...]]:
    from ...simulators.networks.application.device_source import import_once, model_of_runs
    from ...storage import Store

    with Store.open(database) as store:
        number = import_once(store, run, name, login_name())
        print_message(f"Run {number} of {store.place}.")
        return model_of_runs(store, [number], name, wanted), (number,)
