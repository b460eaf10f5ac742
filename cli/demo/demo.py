"""`dwmtj demo`: measure both synapses of the paper on the virtual bench and compare."""

import os
from pathlib import Path

from ...storage import Store, StoreError
from ..console import print_line
from ..criteria.comparison import print_comparison
from ..options import DatabaseOption, OutOption, SeedOption


def demo(
    to: OutOption = Path("demo"), database: DatabaseOption = None, seed: SeedOption = 1
) -> None:
    """Measure both virtual synapses and compare them with the paper.

    Needs no instruments: PyMeasure's drivers send SCPI through PyVISA to virtual instruments.
    Writes two figures into the folder --out, and the points into demo.sqlite there or --database.
    """
    from .synapses import measure_straight, measure_trapezoid  # a second to import

    try:
        to.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {to} cannot be created ({error.strerror}): choose another one with --out."
        ) from error
    if not os.access(to, os.W_OK):
        raise StoreError(f"The folder {to} is not writable: choose another one with --out.")
    with Store.open(database or to / "demo.sqlite") as store:
        trapezoid = measure_trapezoid(store, to, seed)
        straight = measure_straight(store, to, seed)
        print_comparison(trapezoid)
        print_comparison(straight)
        for what, where in (
            ("figures:", f"{to / 'trapezoid.png'}, {to / 'straight.png'}"),
            ("points: ", f"{store.place}"),
            ("        ", f"dwmtj runs list --database {store.place}"),
        ):
            print_line(f"{what} {where}")
