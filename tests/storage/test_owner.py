import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from dwmtj.storage.owner import Owner, process, this_process


def test_this_process_lives() -> None:
    assert this_process().on_this_host
    assert not this_process().is_dead()


def test_a_process_that_ended_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = process(child.pid)
    assert not owner.is_dead()
    assert not of_schema_2(owner).is_dead()
    child.communicate(b"\n")
    assert owner.is_dead()
    assert of_schema_2(owner).is_dead()


def test_a_killed_process_is_dead_before_its_parent_takes_notice() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        running = psutil.Process(child.pid)
        owner = process(child.pid)
        child.kill()
        while psutil.pid_exists(child.pid) and running.status() != psutil.STATUS_ZOMBIE:
            pass
        assert owner.is_dead()
        assert of_schema_2(owner).is_dead()


def of_schema_2(owner: Owner) -> Owner:
    """The process as it was recorded before boots were: known by the wall clock alone."""
    return replace(owner, boot_id=None, process_started_ticks=None)


@pytest.mark.skipif(this_process().boot_id is None, reason="needs Linux")
def test_another_process_with_the_same_number_is_not_the_owner() -> None:
    here = this_process()
    assert here.process_started_ticks is not None
    assert replace(here, process_started_ticks=here.process_started_ticks - 1).is_dead()
    assert replace(here, boot_id="of an earlier boot").is_dead()


@pytest.mark.skipif(this_process().boot_id is None, reason="needs Linux")
def test_a_correction_of_the_clock_ends_no_process() -> None:
    here = this_process()
    corrected = replace(here, process_started=here.process_started - 3600)
    assert not corrected.is_dead()
    assert of_schema_2(corrected).is_dead()


def test_a_process_of_an_older_database_is_known_by_its_start() -> None:
    here = this_process()
    assert not of_schema_2(here).is_dead()
    earlier = replace(here, process_started=here.process_started - 3600)
    assert of_schema_2(earlier).is_dead()


def test_nothing_is_known_of_a_process_on_another_host() -> None:
    elsewhere = Owner("another-host", 1, 0.0)
    assert not elsewhere.on_this_host
    assert not elsewhere.is_dead()
