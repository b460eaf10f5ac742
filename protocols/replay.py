"""Replays a stored run on a virtual bench, attempt by attempt, as a run of another store.

A run measured on a virtual bench is repeated there: its lab, set up anew with the same seed, hears
the same commands, so every digit must come again. On another lab, such as the digital twin of the
device, the same protocol is run with the same parameters; one that chooses its pulses from what it
reads has its recorded pulses fired instead (`RecordedPulses`).
"""

import itertools
import json
import os
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from ..instruments import BenchError, BenchFile, StopConditions, load_bench_file, open_bench
from ..lab_address import LabAddress
from ..storage import AttemptRecord, Point, RunRecord, Status, Store
from .adaptive.write_plan import WritePlan
from .adaptive.write_verify import WriteVerify
from .catalogue import PROTOCOLS, make_protocol
from .errors import ProtocolError
from .procedure import BenchProcedure
from .recorded_pulses import PulseTiming, RecordedPulses
from .running.run_events import Listener
from .running.runner import run

if TYPE_CHECKING:
    import pandas as pd

_replays = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Replay:
    """A run as it can be replayed: a protocol, and a virtual bench for each attempt with points.

    `exact` is true where every digit must come again, if the lab was new when the run began.
    """

    record: RunRecord
    points: "pd.DataFrame"
    protocol: BenchProcedure
    benches: tuple[BenchFile, ...]
    exact: bool

    def into(self, store: Store, listeners: Iterable[Listener] = ()) -> tuple[int, str]:
        """Fire and read; return the number of the run in `store`, and what ended it early, if any.

        An attempt that did not finish is stopped after as many points as it has. Raises
        ProtocolError or BenchError if nothing could be measured.
        """
        number: int | None = None
        attempts = [each for each in self.record.attempts if self._count(each)]
        whole = isinstance(self.protocol, RecordedPulses)
        for attempt, bench_file in zip(attempts, self.benches, strict=True):
            measured = itertools.count(1)
            stop_after = None if whole or self._is_finished(attempt) else self._count(attempt)
            try:
                with open_bench(bench_file) as bench:
                    outcome = run(
                        self.protocol,
                        bench,
                        store,
                        listeners=listeners,
                        should_stop=_after(stop_after, measured),
                        seed=attempt.seed,
                        notes=f"Replay of run {self.record.summary.id}.",
                        conditions=self.record.conditions,
                        resume=number,
                    )
            except BenchError as error:
                if not store.runs():
                    raise
                return store.runs()[-1].id, str(error)
            number = outcome.run_id
            if whole or outcome.status is Status.FINISHED:
                break
        assert number is not None, "a replay has points"
        return number, ""

    def _count(self, attempt: AttemptRecord) -> int:
        return int((self.points["attempt"] == attempt.attempt).sum())

    def _is_finished(self, attempt: AttemptRecord) -> bool:
        return attempt.status is Status.FINISHED


def prepare_replay(
    record: RunRecord, points: "pd.DataFrame", lab: str | None = None, seed: int | None = None
) -> Replay:
    """Return the replay of a run with the points of all its attempts.

    It uses the lab it was measured on, or another one, such as "trapezoid" or "model:A3". Raises
    ProtocolError if the run was imported, has no points, or was not measured on a virtual bench
    and no lab is given.
    """
    number = record.summary.id
    if "imported" in record.parameters:
        raise ProtocolError(
            f"Run {number} was imported, not measured by a protocol: it cannot be replayed."
        )
    if not len(points):
        raise ProtocolError(f"Run {number} has no points: there is nothing to replay.")
    attempts = [each for each in record.attempts if (points["attempt"] == each.attempt).any()]
    token = f"replay-{os.getpid()}-{next(_replays)}"
    benches = tuple(_bench_of(each, number, lab, seed, token) for each in attempts)
    own_lab = lab is None and seed is None
    protocol = _protocol_of(record)
    if protocol is None or (protocol.chooses_pulses and not own_lab):
        protocol = _recorded(record, points)
    exact = own_lab and not isinstance(protocol, RecordedPulses)
    return Replay(record, points, protocol, benches, exact)


def _after(count: int | None, measured: "itertools.count[int]") -> Callable[[], bool]:
    return lambda: count is not None and next(measured) >= count


def _protocol_of(record: RunRecord) -> BenchProcedure | None:
    """Return the protocol of a run with its parameters, None if it is none of this project's."""
    name, parameters = record.summary.protocol, dict(record.parameters)
    if name in PROTOCOLS:
        return make_protocol(name, parameters)
    if name != WriteVerify.name:
        return None
    procedure = WriteVerify()
    procedure.plan = WritePlan.from_document(parameters.pop("plan", {}))
    for key, value in parameters.items():
        setattr(procedure, key, value)
    procedure.validate()
    return procedure


def _recorded(record: RunRecord, points: "pd.DataFrame") -> RecordedPulses:
    procedure = RecordedPulses()
    procedure.run = record.summary.id
    procedure.timing = PulseTiming.of(record.parameters)
    procedure.points = [_point(row) for row in points.to_dict("records")]
    current_A = points["current_A"].dropna()
    procedure.read_current_A = float(
        record.parameters.get("read_current_A", current_A.iloc[0] if len(current_A) else 1e-4)
    )
    procedure.validate()
    return procedure


_OWN = tuple(Point.__dataclass_fields__)


def _point(row: Mapping[Hashable, Any]) -> Point:
    set_ = {str(name): value for name, value in row.items() if value == value and value is not None}
    extra = {name: value for name, value in set_.items() if name not in (*_OWN, "attempt")}
    return Point(**{name: set_[name] for name in _OWN if name in set_}, extra=extra)


def _bench_of(
    attempt: AttemptRecord, number: int, lab: str | None, seed: int | None, token: str
) -> BenchFile:
    """Return the bench of an attempt with a lab set up anew; no array's state file is used."""
    document = {name: item for name, item in attempt.bench.items() if name != "identities"}
    try:
        recorded = BenchFile.model_validate_json(json.dumps(document))
    except ValidationError as error:
        raise ProtocolError(
            f"The bench of run {number} cannot be read ({error.errors()[0]['msg']}): it was "
            "measured by a program or a version that describes it otherwise."
        ) from error
    own = LabAddress.of_library(recorded.visa_library)
    if own is not None:
        base = recorded
    elif lab is None:
        raise ProtocolError(
            f"Run {number} was measured on real instruments, which a replay never touches: name "
            "the virtual lab to replay it on, such as --lab trapezoid or --lab model:NAME."
        )
    else:
        virtual = load_bench_file(f"virtual-{'array' if recorded.switch else 'trapezoid'}")
        read_with = {key: getattr(recorded.resistance_meter, key) for key in ("nplc", "four_wire")}
        meter = virtual.resistance_meter.model_copy(update=read_with)  # whatever model measured
        base = virtual.model_copy(update={"limits": recorded.limits, "resistance_meter": meter})
    device = recorded.device.model_copy(update={"name": f"{recorded.device.name}, replayed"})
    address = own if lab is None else LabAddress.parse(lab)
    assert address is not None, "there is a lab of its own, or one is given"
    address = address.without("state").with_options(real_time=0, name=token)
    if seed is not None:
        address = address.with_options(seed=seed)
    stop = recorded.stop if lab is None else StopConditions()  # another device has other readings
    update = {"device": device, "visa_library": address.library, "stop": stop}
    return base.model_copy(update=update)
