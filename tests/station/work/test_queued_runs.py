"""A run whose end could not be stored is not under way for ever."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.instruments import BenchFile
from dwmtj.station.messages import NewJob
from dwmtj.station.work import queued_runs
from dwmtj.station.work.instrument_states import InstrumentStates
from dwmtj.station.work.job_check import job_of, prepare
from dwmtj.station.work.job_queue import JobQueue
from dwmtj.station.work.message_log import MessageLog
from dwmtj.station.work.own_bench import OwnBench
from dwmtj.station.work.queued_runs import QueuedRuns
from dwmtj.storage import Status, Store, StoreError
from dwmtj.storage.writing.writer import RunWriter


def full(*_arguments: object, **_named: object) -> None:
    raise StoreError("The disk is full.")


def test_a_run_that_ended_on_a_full_disk_is_interrupted_once_there_is_room_again(
    virtual: Callable[..., BenchFile], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, messages, queue = virtual(), MessageLog(), JobQueue(tmp_path / "queue")
    own = OwnBench(file, None, InstrumentStates(file, lambda: False), messages.add)
    own.open()
    monkeypatch.setattr(queued_runs, "RETRY_S", 1e6)  # far longer than the test takes
    with Store.open(tmp_path / "lab.sqlite") as store:
        runs = QueuedRuns(own, store, queue, messages, lambda: False)
        saturate = NewJob("saturate")
        queue.add(job_of(saturate, prepare(saturate, file, own.bench, store), file))
        assert runs.take()
        with monkeypatch.context() as patched:
            patched.setattr(RunWriter, "finish", full)
            assert runs.run()
            patched.setattr(Store, "declare_interrupted", full)
            runs.store_ends(now=True)
        runs.store_ends()  # not yet again
        statuses = [store.run(1).summary.status]
        runs.store_ends(now=True)  # as somebody resumes the run
        statuses.append(store.run(1).summary.status)
        assert statuses == [Status.RUNNING, Status.INTERRUPTED]
        prepare(NewJob("saturate", resume=1), file, own.bench, store)
    own.close()
