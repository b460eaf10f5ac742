"""Runs a protocol at every combination of scanned values, one run each, under a common tag."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import typer

from ..errors import DwmtjError
from ..instruments import BenchFile
from ..lab_address import LabAddress
from ..protocols import ProtocolError
from ..protocols.running.scanning import ScannedRun
from ..storage import RunRecord, RunSummary, Status, Store
from ..wording import counted
from .console import print_error, print_line, print_outcome
from .dry_run import print_dry_run
from .measure import measure, open_measurement_bench

TAG = "scan "  # and the time at which the scan began


@dataclass(frozen=True, slots=True)
class RunNotes:
    """Operator, notes, seed of the virtual device and stated conditions of each run of a scan."""

    operator: str
    notes: str
    seed: int | None
    conditions: Mapping[str, float]


def print_scan(runs: Sequence[ScannedRun], bench_file: BenchFile) -> None:
    """Print the dry run of every run; raises DwmtjError if the bench file does not allow one."""
    for each in runs:
        print_line(each.title)
        print_dry_run(each.procedure, bench_file)


def run_scan(
    runs: Sequence[ScannedRun],
    bench_file: BenchFile,
    database: str | None,
    command: str,
    original: RunRecord | None,
    about: RunNotes,
) -> None:
    """Run what is not finished of a scan, in order; the first run that does not finish ends it.

    `original` is a run of the scan to resume, and `command` the one that, with `--resume RUN`,
    resumes it. Raises DwmtjError if nothing has started, typer.Exit(1) afterwards.
    """
    tag = _tag_of(original)
    started = _started(database, tag, runs) if original else {}
    any_started = False
    for each in runs:
        earlier = started.get(each.number)
        if earlier is not None and earlier.status is Status.FINISHED:
            print_outcome(f"{each.title}: run {earlier.id} is finished already")
            continue
        attempt = 1 if earlier is None else earlier.attempt + 1
        own_bench = _bench_of(bench_file, each, about.seed, attempt)
        try:
            with open_measurement_bench(own_bench) as bench:
                for every in () if any_started else runs:
                    every.procedure.check(bench)
                with Store.open(database) as store:
                    outcome = measure(
                        each.procedure,
                        bench,
                        store,
                        f"{each.procedure.name}, run {each.number} of {each.count}",
                        resume_command=command,
                        operator=about.operator,
                        notes="; ".join(filter(None, (about.notes, f"scan, {each.title}"))),
                        seed=about.seed,
                        resume=None if earlier is None else earlier.id,
                        tags=(tag,),
                        conditions=about.conditions,
                    )
                    where = store.place
        except DwmtjError as error:
            if not any_started:
                raise
            print_error(error)
            raise typer.Exit(1) from error
        any_started = True
        print_outcome(
            f"{each.title}: run {outcome.run_id}, {outcome.status}, "
            f"{counted(outcome.points, 'point')} in {where}"
        )


def _tag_of(original: RunRecord | None) -> str:
    if original is None:
        return f"{TAG}{datetime.now():%Y-%m-%d %H:%M:%S.%f}"[:-4]
    for tag in original.summary.tags:
        if tag.startswith(TAG):
            return tag
    raise ProtocolError(f"Run {original.summary.id} belongs to no scan: resume it without --scan.")


def _started(
    database: str | None, tag: str, runs: Sequence[ScannedRun]
) -> Mapping[int, RunSummary]:
    """Return the runs that were begun under the tag, by their numbers in the scan."""
    found: dict[int, RunSummary] = {}
    with Store.open(database, create=False) as store:
        for summary in store.runs():
            if tag not in summary.tags:
                continue
            parameters = store.run(summary.id).parameters
            mine = [
                each.number
                for each in runs
                if {name: parameters.get(name) for name in each.values} == each.values
            ]
            if not mine:
                raise ProtocolError(
                    f"Run {summary.id} of the scan has other values than this one: resume it with "
                    "the --scan options it was begun with."
                )
            found[mine[0]] = summary
    return found


def _bench_of(bench_file: BenchFile, run: ScannedRun, seed: int | None, attempt: int) -> BenchFile:
    """Return the bench of a run; with a seed, a virtual device of its own, as it would be alone."""
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None:
        return bench_file
    if seed is not None:
        address = address.with_options(name=f"scan-{run.number}")
    if attempt > 1:
        address = address.with_options(attempt=attempt)
    return bench_file.model_copy(update={"visa_library": address.library})
