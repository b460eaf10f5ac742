"""Byte for byte: what the adapter of the 455 and 475 sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, open_bench
from dwmtj.instruments.adapters.lakeshore475 import LakeShore475, LakeShore475Gaussmeter
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes, bytes | None]]

SET_UP: Exchange = [
    (b"RDGMODE 1,3,1,1,1", None),
    (b"UNIT 2", None),
    (b"AUTO 1", None),
    (b"RDGMODE?", b"1,3,1,1,1"),
    (b"UNIT?", b"2"),
    (b"AUTO?", b"1"),
]


def reading(field: bytes, status: bytes = b"4") -> Exchange:
    return [(b"RDGFIELD?", field), (b"OPST?", status)]


@contextmanager
def meter_of(*parts: Exchange) -> Iterator[LakeShore475Gaussmeter]:
    with expected_protocol(LakeShore475, [pair for part in parts for pair in part]) as driver:
        yield LakeShore475Gaussmeter(driver)


def test_the_first_reading_sets_up_steady_field_in_tesla_with_autorange_and_reads_it_back() -> None:
    with meter_of(SET_UP, reading(b"+5.0012E-02"), reading(b"-1.2000E-04", b"0")) as meter:
        assert meter.read_field() == 0.050012
        assert meter.read_field() == -1.2e-4


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (reading(b"+3.5000E-02", b"2") * 2, "beyond the range of its probe"),
        (reading(b"+0.0000E+00", b"1") * 2, "no probe is connected"),
        (reading(b"+0.0000E+00", b"") * 2, "as its operation status"),
        (reading(b"+0.0000E+00", b"+1.0E-03") * 2, "as its operation status"),
        ([(b"RDGFIELD?", b"+4.0E+01")] * 2, "beyond its ranges"),
        ([(b"RDGFIELD?", b"OL")] * 2, "where a number was expected"),
        ([(b"RDGFIELD?", b"")] * 2, "where a number was expected"),
    ],
)
def test_what_is_no_field_is_an_error(answers: Exchange, reason: str) -> None:
    with meter_of(SET_UP, answers) as meter, pytest.raises(BenchError, match=reason):
        meter.read_field()


def test_a_unit_that_is_not_tesla_is_found_out() -> None:
    gauss: Exchange = [*SET_UP[:-2], (b"UNIT?", b"1"), (b"UNIT?", b"1")]
    with meter_of(gauss) as meter, pytest.raises(BenchError, match="replied 1 to UNIT"):
        meter.read_field()


def test_a_range_fixed_behind_the_adapters_back_is_an_overload_and_no_field(tmp_path: Path) -> None:
    bench_file = other_bench("2450, BOP 20-20, 475", tmp_path)
    lab = lab_of(bench_file)
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(0.05)
        meter = next(i for i in lab.instruments.values() if i.model.name == "475")
        meter.execute("RANGE 2")  # 35 mT
        with pytest.raises(BenchError, match="beyond the range of its probe"):
            bench.magnet.read_field()
