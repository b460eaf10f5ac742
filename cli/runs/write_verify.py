"""`dwmtj run write-verify`: the protocol, from a state model and a level, and what it reached.

Pulses, field and read current follow the model, which holds for no others.
"""

from collections.abc import Mapping
from math import isnan

import typer

from ...protocols import ProtocolError
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.catalogue import set_parameters
from ...storage import RunRecord, Store
from ...wording import counted
from ..console import print_line, print_message


def write_verify(
    given: Mapping[str, float | str],
    model: str | None,
    level: int | None,
    database: str | None,
    original: RunRecord | None,
) -> WriteVerify:
    """Return the protocol that writes a level onto one device, or that of a run to resume.

    Raises ProtocolError, and AnalysisError where the model does not know how the level is written.
    """
    if original is not None:
        return _resumed(given, model, level, original)
    if model is None or level is None:
        raise ProtocolError(
            "write-verify follows a state model to a level: give both, as in dwmtj run "
            "write-verify --model straight-B1 --level 2."
        )
    from ...analysis.state_model import find_model  # SciPy: a second to import
    from ...writing.one_device import check_own, level_writing

    check_own(given)
    return level_writing(find_model(model, database), level, given)


def print_ending(procedure: WriteVerify, store: Store, run_id: int) -> None:
    """Print whether the device has its level; raises typer.Exit(1) if it has not."""
    points = store.points(run_id)
    last, pulses = points.iloc[-1], counted(int((points["phase"] == "write").sum()), "pulse")
    target, level = procedure.plan.targets[0], last["level"]
    resistance_ohm = float(last["resistance_ohm"])
    if level == target:
        print_line(f"level {target} is written: {resistance_ohm:.4g} Ω after {pulses}")
        return
    if isnan(resistance_ohm):
        found = "the junction is open"
    elif level is None or isnan(level):
        found = f"the last reading, {resistance_ohm:.4g} Ω, is of no level of the model"
    else:
        found = f"the device is at level {level:.0f} ({resistance_ohm:.4g} Ω)"
    print_message(
        f"Level {target} is not written: {found} after {pulses}. Check that the model is of this "
        "device, the wiring, and most_pulses."
    )
    raise typer.Exit(1)


def _resumed(
    given: Mapping[str, float | str], model: str | None, level: int | None, original: RunRecord
) -> WriteVerify:
    if model is not None or level is not None:
        raise ProtocolError("A run is resumed with its own plan: omit --model and --level.")
    from ...writing.one_device import resumed_writing

    procedure = resumed_writing(original.parameters)
    if len(procedure.plan.targets) > 1:
        raise ProtocolError(
            f"Run {original.summary.id} wrote an array: resume it with dwmtj network program."
        )
    set_parameters(procedure, given)
    return procedure
