import subprocess
import sys
from dataclasses import replace

import psutil

from dwmtj.storage.owner import Owner, this_process


def test_this_process_lives() -> None:
    assert this_process().on_this_host
    assert not this_process().is_dead()


def test_a_process_that_ended_is_dead() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    owner = Owner(this_process().host, child.pid, psutil.Process(child.pid).create_time())
    assert not owner.is_dead()
    child.communicate(b"\n")
    assert owner.is_dead()


def test_a_killed_process_is_dead_before_its_parent_takes_notice() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as child:
        process = psutil.Process(child.pid)
        owner = Owner(this_process().host, child.pid, process.create_time())
        child.kill()
        while psutil.pid_exists(child.pid) and process.status() != psutil.STATUS_ZOMBIE:
            pass
        assert owner.is_dead()


def test_another_process_with_the_same_number_is_not_the_owner() -> None:
    earlier = replace(this_process(), process_started=this_process().process_started - 3600)
    assert earlier.is_dead()


def test_nothing_is_known_of_a_process_on_another_host() -> None:
    elsewhere = Owner("another-host", 1, 0.0)
    assert not elsewhere.on_this_host
    assert not elsewhere.is_dead()
