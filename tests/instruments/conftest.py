"""The bench of a module's `bench_file`, opened, and the virtual lab behind it."""

from collections.abc import Iterator

import pytest

from dwmtj.instruments import Bench, BenchFile, open_bench
from dwmtj.simulators.bench import Lab
from dwmtj.tests.virtual_lab import lab_of


@pytest.fixture
def bench(bench_file: BenchFile) -> Iterator[Bench]:
    with open_bench(bench_file) as opened:
        yield opened


@pytest.fixture
def lab(bench_file: BenchFile) -> Lab:
    return lab_of(bench_file)
