"""The steps of `dwmtj network program`: plan the pulses, write the array, read all of it."""

from typing import TYPE_CHECKING, Any

import typer

from ...instruments import Bench
from ...protocols import ProtocolError
from ...protocols.read_array import ReadArray
from ...protocols.runner import RunOutcome
from ...protocols.write_verify import WriteVerify
from ...storage import RunRecord, Status, Store
from ..console import err, out
from ..measure import measure
from .report import Prepared, Reading

if TYPE_CHECKING:
    from ...simulators.networks.neuron_network.file import TrainedAnn


def prepare(
    trained: "TrainedAnn", model: str, database: str | None, most_pulses: int, *, erase: bool
) -> Prepared:
    """Put the readout layer on a model's levels, and plan how it is written as was measured."""
    from ...analysis.state_model.store import find_model
    from ...simulators.networks.programming.readout_on_array import (
        conditions,
        readout_on_array,
        write_plan,
    )

    found = find_model(model, database)
    like = conditions(found)
    readout = readout_on_array(trained.weights[1], found)
    procedure = WriteVerify()
    procedure.plan = write_plan(found, readout.targets())
    procedure.pulse_width_s, procedure.rise_s = like.pulse_width_s, like.rise_s
    procedure.fall_s = like.fall_s
    procedure.bias_field_T = round(like.bias_field_T, 4)
    procedure.saturation_field_T = round(like.saturation_field_T, 4)
    procedure.read_current_A = like.read_current_A
    procedure.erase, procedure.most_pulses = erase, most_pulses
    procedure.validate()
    return Prepared(trained, found, readout, procedure)


def write(
    prepared: Prepared,
    bench: Bench,
    store: Store,
    begun: RunRecord | None,
    again: str,
    **about: Any,
) -> int:
    """Write the array, or what is left of it, and return the run's number.

    A run that has been finished is not begun again. Raises what `measure` raises.
    """
    if begun is not None and begun.summary.status is Status.FINISHED:
        _check_same(begun, prepared.procedure)
        out.print(f"run {begun.summary.id}: the array is written", markup=False, soft_wrap=True)
        return begun.summary.id
    outcome = measure(
        prepared.procedure,
        bench,
        store,
        "write",
        again=again,
        cycles=prepared.procedure.expected_cycles(),
        resume=None if begun is None else begun.summary.id,
        **about,
    )
    _tell(outcome, store)
    return outcome.run_id


def read(
    prepared: Prepared,
    bench: Bench,
    store: Store,
    wait_s: float,
    written: int,
    again: str,
    **about: Any,
) -> Reading:
    """Read the whole array after a wait; raises what `measure` raises, with how to go on."""
    wrote = prepared.procedure
    procedure = ReadArray()
    procedure.rows, procedure.columns = wrote.rows_and_columns()
    procedure.bias_field_T, procedure.read_current_A = wrote.bias_field_T, wrote.read_current_A
    procedure.wait_s = wait_s
    count = procedure.expected_cycles()
    try:
        outcome = measure(procedure, bench, store, "read", cycles=count, **about)
    except typer.Exit:
        err.print(
            f"The array is written; read it again with {again} --resume {written}",
            markup=False,
            soft_wrap=True,
        )
        raise
    points = store.points(outcome.run_id).sort_values("cycle")
    read_ohm = points["resistance_ohm"].to_numpy(dtype=float).reshape(wrote.rows_and_columns())
    _tell(outcome, store)
    return Reading(outcome.run_id, wait_s, read_ohm)


def _check_same(begun: RunRecord, procedure: WriteVerify) -> None:
    if begun.parameters.get("plan") != procedure.plan.document():
        raise ProtocolError(
            f"Run {begun.summary.id} wrote another layer, or by another model: give the --weights "
            "and the --model that it was begun with."
        )


def _tell(outcome: RunOutcome, store: Store) -> None:
    out.print(
        f"run {outcome.run_id}: {outcome.status}, {outcome.points} points in {store.path}",
        markup=False,
        soft_wrap=True,
    )
