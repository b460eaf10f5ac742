"""What a job asks for, checked before it is queued and again before it is run."""

from dataclasses import dataclass, replace

from ...instruments import Bench, BenchFile, StopConditions
from ...instruments.channel_list import channels_of
from ...protocols import ProtocolError, make_protocol
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.dry_run import check_against_limits, dry_run
from ...protocols.procedure import BenchProcedure
from ...protocols.running.stopping import PointWatch
from ...quantities import HOTTEST_K
from ...storage import RunRecord, Status, Store
from ...wording import with_article
from ..errors import StationError
from ..messages import Job, MeasuredDevice, NewJob, Parameters

LARGEST_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Prepared:
    """A job that can be run: its protocol, stop conditions, conditions and what to expect.

    `parameters` are those given, or those of the run that is resumed.
    """

    procedure: BenchProcedure
    parameters: Parameters
    stop: StopConditions | None
    seed: int | None
    attempt: int
    points: int
    temperature_K: float | None = None


def prepare(new: NewJob, bench_file: BenchFile, bench: Bench | None, store: Store) -> Prepared:
    """Check a job and return what it takes to run it.

    Raises ProtocolError, LimitError, BenchError, StationError or StoreError, and touches nothing.
    While the `bench` is not open, the limits of its file are checked.
    """
    _check_texts(new)
    place = new.device
    check_site(place, bench_file)
    if place is not None:
        bench_file = bench_file.filed_under(place.name, place.site)
    device = bench_file.device.name
    original = None if new.resume is None else _resumable(store, new.resume, new.protocol, device)
    parameters: Parameters = new.parameters
    if original is not None and new.protocol != WriteVerify.name:
        parameters = original.parameters
    procedure = _procedure(new, original, store)
    stop = None if new.stop_if is None else bench_file.stop.with_stop_if(new.stop_if)
    if stop is not None:
        PointWatch(stop, procedure.name, procedure.extra_quantities)
    if bench is not None:
        procedure.check(bench if place is None else bench.seen_from(place.name, place.site))
    else:
        check_against_limits(procedure, bench_file)
    done = 0 if original is None else original.summary.points
    temperature_K = new.temperature_K
    if original is not None:
        temperature_K = original.conditions.get("temperature_K")
    if temperature_K is not None:
        check_temperature(temperature_K, bench_file)
    return Prepared(
        procedure,
        parameters,
        stop,
        seed=_seed(new, original, bench_file),
        attempt=1 if original is None else len(original.attempts) + 1,
        points=max(0, procedure.expected_points() - done),
        temperature_K=temperature_K,
    )


def job_of(new: NewJob, prepared: Prepared, bench_file: BenchFile) -> Job:
    """Return the job as it is queued, with what a dry run foretells; its number is the queue's."""
    duration_s = 0.0
    if new.protocol != WriteVerify.name:  # which has no dry run
        foretold = dry_run(prepared.procedure, bench_file)
        duration_s = foretold.wall_time_s * prepared.points / foretold.points
    new = replace(new, parameters=dict(prepared.parameters))
    return Job(number=0, new=new, points=prepared.points, duration_s=duration_s)


def check_temperature(temperature_K: float, bench_file: BenchFile) -> None:
    """Raise StationError or LimitError for a temperature that no run of the bench can have."""
    if not 0 < temperature_K <= HOTTEST_K:
        raise StationError(
            f"A temperature of {temperature_K:g} K is beyond what a junction is measured at: give "
            f"one above 0 K and up to {HOTTEST_K:g} K."
        )
    bench_file.check_temperature(temperature_K)


def check_site(device: MeasuredDevice | None, bench_file: BenchFile) -> None:
    """Raise StationError if switch and prober of the bench do not reach the device."""
    on_wafer = None if device is None else device.on_wafer
    if (on_wafer is None) is not (bench_file.prober is None):
        raise StationError(
            f"The bench {bench_file.name} has a prober, whose needles touch nothing yet: measure a "
            "device with its die, in a sequence with [wafer]."
            if on_wafer is None
            else f"Needles reach {on_wafer}, and the bench {bench_file.name} has no prober: add "
            "[prober] to its file."
        )
    if device is None:
        return
    if (device.row is None) is not (device.column is None):
        raise StationError(f"Device {device.name} has a row or a column alone: give both.")
    if device.site is None:
        return
    switch = bench_file.switch
    if switch is None:
        raise StationError(
            f"Device {device.name} has a row and a column, and the bench {bench_file.name} has no "
            "switch: leave them out, or add [switch] to its file."
        )
    rows, columns = (
        len(channels_of(text) or ()) for text in (switch.row_channels, switch.column_channels)
    )
    if not (0 <= device.site[0] < rows and 0 <= device.site[1] < columns):
        raise StationError(
            f"Device {device.name} is at row {device.row}, column {device.column}, and the switch "
            f"of {bench_file.name} reaches {rows} × {columns} devices, counted from 0."
        )


def _procedure(new: NewJob, original: RunRecord | None, store: Store) -> BenchProcedure:
    if new.protocol != WriteVerify.name:
        return make_protocol(
            new.protocol, new.parameters if original is None else original.parameters
        )
    from ...writing.one_device import level_writing, resumed_writing  # SciPy: a second to import

    if original is not None:
        return resumed_writing(original.parameters)
    if new.write is None:
        raise StationError("write-verify follows a state model to a level: give both.")
    from ...analysis.state_model import find_model

    model = find_model(new.write.model, str(store.place))
    return level_writing(model, new.write.level, new.parameters)


def _resumable(store: Store, run_id: int, protocol: str, device: str) -> RunRecord:
    original = store.run(run_id)
    if original.summary.protocol != protocol:
        raise ProtocolError(
            f"Run {run_id} is {with_article(original.summary.protocol)}, not "
            f"{with_article(protocol)}: resume it as such."
        )
    if original.summary.device != device:
        raise StationError(
            f"Run {run_id} was measured on {original.summary.device}, and this bench has {device}: "
            "resume it on its own bench."
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


def _check_texts(new: NewJob) -> None:
    for name, text in (("notes", new.notes), ("operator", new.operator)):
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise StationError(f"The {name} are not valid Unicode.") from error
