"""Byte for byte: a 2000 at a voltage that follows the field."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, load_bench_file
from dwmtj.instruments.adapters.voltmeters.keithley2000 import Keithley2000, Keithley2000Voltmeter
from dwmtj.instruments.adapters.voltmeters.voltage_gaussmeter import VoltageGaussmeter
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.instruments.test_sourced_meter import SET_UP_2000, Pair


@contextmanager
def gaussmeter_of(T_per_V: float, *replies: bytes) -> Iterator[VoltageGaussmeter]:
    exchange: list[Pair] = [*SET_UP_2000, *((b":READ?", reply) for reply in replies)]
    with expected_protocol(Keithley2000, exchange) as driver:
        yield VoltageGaussmeter(Keithley2000Voltmeter(driver, nplc=0.1), T_per_V)


@pytest.mark.parametrize("T_per_V", [0.1, -0.1])
def test_a_field_is_the_voltage_of_its_sensor_and_the_voltmeter_is_set_up_once(
    T_per_V: float,
) -> None:
    with gaussmeter_of(T_per_V, b"+5.000000E-01", b"-2.500000E-01") as gaussmeter:
        assert gaussmeter.read_field() == pytest.approx(0.5 * T_per_V)
        assert gaussmeter.read_field() == pytest.approx(-0.25 * T_per_V)


@pytest.mark.parametrize("reply", [b"+9.9E+37", b"-9.9E+37", b"nan"])
def test_an_overflow_is_no_field(reply: bytes) -> None:
    with (
        gaussmeter_of(0.1, reply) as gaussmeter,
        pytest.raises(BenchError, match="a voltage beyond its ranges; check its sensor"),
    ):
        gaussmeter.read_field()


def test_a_sensor_that_shows_no_field_is_refused_where_it_is_written(tmp_path: Path) -> None:
    other_bench("Hall sensor", tmp_path)
    text = (tmp_path / "bench.toml").read_text().replace("T_per_V = 0.1", "T_per_V = 0.0")
    (tmp_path / "bench.toml").write_text(text)
    with pytest.raises(BenchError, match=r"T_per_V .*other than 0, of either sign"):
        load_bench_file(tmp_path / "bench.toml")
