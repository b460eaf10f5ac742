"""`dwmtj calibrate`: runs become a state model, kept in the store."""

from typing import Annotated

import typer

from .console import print_json, print_line
from .options import DatabaseOption, JsonOption


def calibrate(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Their numbers in `dwmtj runs list`.")
    ],
    name: Annotated[str, typer.Option(help="What to call the model.")],
    database: DatabaseOption = None,
    several_devices: Annotated[
        bool, typer.Option("--several-devices", help="One model of runs on several devices.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Make a state model from staircase, ramp and cycling runs, and keep it in the store.

    Read-series runs beside them add how long levels last and how much readings vary.

    \b
    Examples:
      dwmtj calibrate 1 2 --name trapezoid-A3
      dwmtj calibrate 1 2 5 --name trapezoid-A3  # 5 is a read-series
      dwmtj calibrate 4 7 9 --name trapezoids --several-devices
    """
    from ..analysis.calibration import calibrate_stored
    from ..analysis.state_model.file import (
        model_document,  # half a second that others need not wait
    )
    from ..storage import Store
    from .model_tables import print_model

    with Store.open(database, create=False) as store:
        model = calibrate_stored(store, runs, name, several_devices=several_devices)
        place = store.path
    if as_json:
        print_json(model_document(model))
        return
    print_model(model)
    print_line(f"model {model.name}, version {model.version}: kept in {place}")
