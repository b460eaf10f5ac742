"""`dwmtj calibrate`: calibrate a state model from runs."""

from typing import Annotated

import typer

from .console import print_json, print_line
from .options import DatabaseOption, JsonOption, LevelsOption, parsed_levels


def calibrate(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Numbers of the runs in `dwmtj runs list`.")
    ],
    name: Annotated[str, typer.Option(help="Name of the model.")],
    database: DatabaseOption = None,
    several_devices: Annotated[
        bool, typer.Option("--several-devices", help="Pool runs on several devices in one model.")
    ] = False,
    levels: LevelsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Calibrate a state model from runs and store it.

    Uses staircase, ramp and cycling runs; read-series runs add retention and read noise.

    \b
    Examples:
      dwmtj calibrate 1 2 --name trapezoid-A3
      dwmtj calibrate 1 2 5 --name trapezoid-A3  # 5 is a read-series
      dwmtj calibrate 1 2 --name trapezoid-A3 --levels 100,93,76,67
      dwmtj calibrate 4 7 9 --name trapezoids --several-devices
    """
    from ..analysis.calibration import calibrate_stored
    from ..analysis.state_model.file import (
        model_document,  # half a second to import
    )
    from ..storage import Store
    from .models.tables import print_model

    with Store.open(database, create=False) as store:
        model = calibrate_stored(
            store, runs, name, several_devices=several_devices, wanted=parsed_levels(levels)
        )
        place = store.place
    if as_json:
        print_json(model_document(model))
        return
    print_model(model)
    print_line(f"model {model.name}, version {model.version}: stored in {place}")
