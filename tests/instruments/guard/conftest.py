"""A bench over TCP for every test, and a process that can be killed."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, served_bench


@pytest.fixture
def tcp_bench() -> Iterator[TcpBench]:
    with served_bench() as bench:
        yield bench


@pytest.fixture
def other_process() -> Iterator["subprocess.Popen[bytes]"]:
    """A process that does nothing until it is killed."""
    command = [sys.executable, "-S", "-c", "import time; time.sleep(3600)"]
    with subprocess.Popen(command) as process:
        yield process
        process.kill()
