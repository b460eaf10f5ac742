"""The file of a queue: complete at every moment, kept aside if it cannot be read."""

from pathlib import Path

import pytest

from dwmtj.station import Job, NewJob
from dwmtj.station.errors import StationError
from dwmtj.station.work.job_queue import JobQueue
from dwmtj.storage import StoreError

JOB = Job(0, NewJob("reset", {"amplitude_stop_V": 3.5, "cycles": 2}, stop_if="cycle > 3"), 20, 1.5)


def test_a_queue_comes_back_with_its_jobs_held_and_with_what_was_under_way(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path / "queue")
    assert [queue.add(JOB), queue.add(JOB)] == [1, 2]
    assert queue.take() == queue.under_way
    again = JobQueue(tmp_path / "queue")
    assert again.held
    assert again.take() is None
    assert again.jobs == queue.jobs
    assert again.left_under_way == queue.under_way
    assert again.add(JOB) == 3


def test_a_job_that_could_not_begin_is_the_first_again_and_says_why(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path / "queue")
    queue.add(JOB)
    queue.add(JOB)
    queue.take()
    queue.give_back("The bench is not open.")
    assert [job.number for job in queue.jobs] == [1, 2]
    assert queue.jobs[0].problem == "The bench is not open."
    assert queue.held and queue.under_way is None


def test_a_run_is_resumed_by_one_job(tmp_path: Path) -> None:
    queue = JobQueue(tmp_path / "queue")
    resumed = Job(0, NewJob("reset", resume=1), 20, 1.5)
    queue.add(resumed)
    with pytest.raises(StationError, match="Run 1 waits in the queue"):
        queue.add(resumed)
    queue.take()
    with pytest.raises(StationError, match="Run 1 waits in the queue"):
        queue.add(resumed)
    queue.done(held=False)
    assert queue.add(resumed) == 2


def test_a_file_that_cannot_be_read_is_kept_aside(tmp_path: Path) -> None:
    (tmp_path / "queue").write_text("not a queue")
    assert JobQueue(tmp_path / "queue").jobs == ()
    assert (tmp_path / "queue-unreadable").read_text() == "not a queue"


def test_a_change_that_cannot_be_stored_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    queue = JobQueue(folder / "queue")
    queue.add(JOB)
    (folder / "queue").unlink()
    folder.rmdir()
    with pytest.raises(StoreError, match="cannot be written"):
        queue.add(JOB)
    assert len(queue.jobs) == 1
    with pytest.raises(StoreError, match="cannot be written"):
        queue.take()
    assert queue.under_way is None
