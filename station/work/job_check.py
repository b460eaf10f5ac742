"""What a job asks for, checked before it is queued and again before it is run."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from ...instruments import Bench, BenchFile, Limits, SetPoints, StopConditions
from ...protocols import ProtocolError, make_protocol
from ...protocols.procedure import BenchProcedure
from ...protocols.running.stopping import PointWatch
from ...storage import RunRecord, Status, Store
from ..errors import StationError
from ..messages import Job, NewJob

LARGEST_SEED = 2**32 - 1
EXCHANGE_S = 0.005  # of a pulse and a reading, the integration of the meter aside
POWER_LINE_S = 0.02


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that can be run: its protocol, stop conditions, seed, attempt and what to expect."""

    procedure: BenchProcedure
    stop: StopConditions | None
    seed: int | None
    attempt: int
    points: int


def prepare(new: NewJob, bench_file: BenchFile, bench: Bench | None, store: Store) -> Prepared:
    """Check a job and return what it takes to run it.

    Raises ProtocolError, LimitError, BenchError, StationError or StoreError, and touches nothing.
    While the `bench` is not open, the limits of its file are checked.
    """
    _check_texts(new)
    original = None if new.resume is None else _resumable(store, new.resume, new.protocol)
    parameters: Mapping[str, float | int | str] = new.parameters
    if original is not None:
        parameters = original.parameters
    procedure = make_protocol(new.protocol, parameters)
    stop = None if new.stop_if is None else bench_file.stop.with_stop_if(new.stop_if)
    if stop is not None:
        PointWatch(stop, procedure.name, procedure.extra_quantities)
    if bench is not None:
        procedure.check(bench)
    else:
        procedure.validate()
        _check_limits(bench_file.limits, procedure.set_points())
    done = 0 if original is None else original.summary.points
    return Prepared(
        procedure,
        stop,
        seed=_seed(new, original, bench_file),
        attempt=1 if original is None else len(original.attempts) + 1,
        points=max(0, procedure.expected_points() - done),
    )


def job_of(new: NewJob, prepared: Prepared, bench_file: BenchFile) -> Job:
    """Return the job as it is queued, with what it takes; its number is that of the queue."""
    duration_s = estimated_duration_s(prepared.procedure, prepared.points, bench_file)
    return Job(number=0, new=new, points=prepared.points, duration_s=duration_s)


def estimated_duration_s(procedure: BenchProcedure, points: int, bench_file: BenchFile) -> float:
    """Return the bench time that the points and the ramps between them take, in s."""
    wait_s = max(float(getattr(procedure, name, 0.0)) for name in ("read_delay_s", "interval_s"))
    point_s = EXCHANGE_S + bench_file.resistance_meter.nplc * POWER_LINE_S + wait_s
    fields_T = procedure.set_points().fields_T
    change_T = sum(abs(after - before) for before, after in pairwise((0.0, *fields_T, 0.0)))
    ramps_s = change_T / bench_file.limits.field_rate_T_per_s
    cycles = points / max(1, procedure.points_per_cycle())
    return points * point_s + cycles * ramps_s


def _resumable(store: Store, run_id: int, protocol: str) -> RunRecord:
    original = store.run(run_id)
    if original.summary.protocol != protocol:
        raise ProtocolError(
            f"Run {run_id} is a {original.summary.protocol}, not a {protocol}: resume it as such."
        )
    if original.summary.status in (Status.FINISHED, Status.RUNNING):
        raise StationError(f"Run {run_id} is {original.summary.status}: it cannot be resumed.")
    return original


def _seed(new: NewJob, original: RunRecord | None, bench_file: BenchFile) -> int | None:
    if new.seed is not None and not bench_file.virtual:
        raise StationError("A seed applies to a virtual bench only: leave it out.")
    if new.seed is not None and not 0 <= new.seed <= LARGEST_SEED:
        raise StationError(f"The seed is {new.seed}; it must be from 0 to {LARGEST_SEED}.")
    if original is None:
        return new.seed
    first = original.attempts[0].seed
    if new.seed not in (None, first):
        raise StationError(
            f"Run {original.summary.id} was started with "
            f"{'no seed' if first is None else f'seed {first}'}, not {new.seed}: leave it out."
        )
    return first


def _check_limits(limits: Limits, set_points: SetPoints) -> None:
    if set_points.shape is not None:
        limits.check_shape(set_points.shape)
    for amplitude_V in set_points.amplitudes_V:
        limits.check_pulse(amplitude_V)
    for field_T in set_points.fields_T:
        limits.check_field(field_T)
    for current_A in set_points.currents_A:
        limits.check_current(current_A)


def _check_texts(new: NewJob) -> None:
    for name, text in (("notes", new.notes), ("operator", new.operator)):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise StationError(f"The {name} are not valid Unicode.") from error
