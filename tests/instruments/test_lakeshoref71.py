"""Byte for byte: what the adapter of the F71 and F41 sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, open_bench
from dwmtj.instruments.adapters.lakeshoref71 import LakeShoreF71, LakeShoreF71Gaussmeter
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes, bytes | None]]

SET: Exchange = [
    (b"SENS:MODE DC", None),
    (b"SENS:RANGE:AUTO 1", None),
    (b"SENS:AVERAGE:COUNT 10", None),
    (b"UNIT:FIELD TESLA", None),
]
READ_BACK: Exchange = [
    (b"SENS:MODE?", b"DC"),
    (b"SENS:RANGE:AUTO?", b"1"),
    (b"SENS:AVERAGE:COUNT?", b"10"),
    (b"UNIT:FIELD?", b"TESLA"),
]
SET_UP = [*SET, *READ_BACK]


def reading(field: bytes, operation: bytes = b"0", questionable: bytes = b"0") -> Exchange:
    return [
        (b"FETCH:DC? Z", field),
        (b"STATUS:OPERATION:CONDITION?", operation),
        (b"STATUS:QUESTIONABLE:CONDITION?", questionable),
    ]


@contextmanager
def meter_of(*parts: Exchange, axis: str | None = "z") -> Iterator[LakeShoreF71Gaussmeter]:
    with expected_protocol(LakeShoreF71, [pair for part in parts for pair in part]) as driver:
        yield LakeShoreF71Gaussmeter(driver, axis)


def test_the_first_reading_sets_up_steady_field_in_tesla_with_autorange_and_reads_it_back() -> None:
    with meter_of(SET_UP, reading(b"0.0500120"), reading(b"-1.2000E-04")) as meter:
        assert meter.read_field() == 0.050012
        assert meter.read_field() == -1.2e-4


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (reading(b"0.035", b"2")[:2] * 2, "a field beyond the range of its probe"),
        (reading(b"0.0", b"1")[:2] * 2, "no probe is connected"),
        (reading(b"0.0", b"4")[:2] * 2, "was changing its range"),
        (reading(b"0.0", b"")[:2] * 2, "as its status"),
        (reading(b"0.0", b"0", b"32") * 2, "a fault of its probe or calibration"),
        ([(b"FETCH:DC? Z", b"4.0E+01")] * 2, "beyond its ranges"),
        ([(b"FETCH:DC? Z", b"9.91E+37")] * 2, "where a number was expected"),
    ],
)
def test_what_is_no_field_is_an_error(answers: Exchange, reason: str) -> None:
    with meter_of(SET_UP, answers) as meter, pytest.raises(BenchError, match=reason):
        meter.read_field()


def test_a_field_is_asked_for_again_after_a_change_of_range() -> None:
    with meter_of(SET_UP, reading(b"0.3", b"4")[:2], reading(b"0.03")) as meter:
        assert meter.read_field() == 0.03


def test_limits_of_the_field_control_do_not_concern_the_reading() -> None:
    with meter_of(SET_UP, reading(b"0.03", b"0", b"192")) as meter:
        assert meter.read_field() == 0.03


def test_a_unit_that_is_not_tesla_is_found_out() -> None:
    gauss: Exchange = [*SET_UP[:-1], *[(b"UNIT:FIELD?", b"GAUSS")] * 2]
    with meter_of(gauss) as meter, pytest.raises(BenchError, match="replied GAUSS to UNIT"):
        meter.read_field()


def test_without_an_axis_the_magnitude_of_several_is_refused() -> None:
    axes: Exchange = [(b"PROBE:AXES?", b"3")]
    with (
        meter_of(SET, axes, axis=None) as meter,
        pytest.raises(BenchError, match="replied 3 as the axes of its probe: without"),
    ):
        meter.read_field()


def test_a_probe_of_one_axis_needs_none() -> None:
    one: Exchange = [*SET, (b"PROBE:AXES?", b"1"), *READ_BACK, (b"FETCH:DC?", b"-0.02")]
    with meter_of(one, reading(b"")[1:], axis=None) as meter:
        assert meter.read_field() == -0.02


def test_an_error_of_the_instrument_is_reported() -> None:
    queue = b"SYST:ERR:ALL?"
    with meter_of([(queue, b'-113,"Undefined header"'), (queue, b'0,"No error"')]) as meter:
        with pytest.raises(BenchError, match="-113"):
            meter.check()
        meter.check()


def test_a_range_fixed_behind_the_adapters_back_is_an_overload_and_no_field(tmp_path: Path) -> None:
    bench_file = other_bench("AMI 430, F71", tmp_path)
    lab = lab_of(bench_file)
    with open_bench(bench_file) as bench:
        bench.magnet.set_field(-0.05)
        assert bench.magnet.read_field() < 0
        meter = next(i for i in lab.instruments.values() if i.model.name == "F71")
        meter.execute("SENS:RANGE 0.03")
        with pytest.raises(BenchError, match="beyond the range of its probe"):
            bench.magnet.read_field()
