"""Byte for byte: what the adapter of the 643 sends and expects."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, open_bench
from dwmtj.instruments.adapters.supplies.lakeshore643 import LakeShore643, LakeShore643CoilSupply
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

UNDISTURBED: Exchange = [(b"XPGM?", b"0"), (b"RSEG?", b"0")]
RATE: Exchange = [(b"RATE 8.0000", None), (b"RATE?", b"+8.0000")]
NO_ERROR: Exchange = [(b"ERST?", b"000,000")]


def flows(*currents: bytes) -> Exchange:
    return [(b"RDGI?", current if current[:1] in b"+-" else b"+" + current) for current in currents]


def go(start: bytes, target: bytes) -> Exchange:
    return [*RATE, *flows(start), (b"SETI " + target, None), (b"SETI?", target)]


@contextmanager
def supply_of(
    *parts: Exchange, report: Callable[[float], None] = lambda _: None
) -> Iterator[LakeShore643CoilSupply]:
    with expected_protocol(LakeShore643, [pair for part in parts for pair in part]) as driver:
        yield LakeShore643CoilSupply(
            driver, CountingClock(), largest_A=10.4, rate_A_per_s=8.0, report=report
        )


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"XPGM?", b"1")] * 2, "replied 1 to XPGM"),
        ([UNDISTURBED[0], *[(b"RSEG?", b"1")] * 2], "ramp segments off"),
        ([*UNDISTURBED, RATE[0], *[(b"RATE?", b"+50.0000")] * 2], "50 as its ramp rate in A/s"),
        ([*UNDISTURBED, *go(b"0", b"2.0000")[:-1], *[(b"SETI?", b"0")] * 2], "0 as its set point"),
        ([*UNDISTURBED, *RATE, (b"RDGI?", b"+9.9E+37")], "where a number was expected"),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(exchange: Exchange, reason: str) -> None:
    with supply_of(exchange) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(2.0)


def test_a_fault_that_the_instrument_reports_ends_the_change() -> None:
    fault: Exchange = [(b"ERST?", b"004,000")]
    with (
        supply_of(UNDISTURBED, go(b"0", b"2.0000"), flows(b"2.0000"), fault) as supply,
        pytest.raises(BenchError, match="004,000 as its error status"),
    ):
        supply.ramp_to(2.0)


def test_a_rate_slower_than_the_supply_can_ramp_is_refused(tmp_path: Path) -> None:
    bench_file = other_bench("336, 643", tmp_path)
    limits = bench_file.limits.model_copy(update={"field_rate_T_per_s": 1e-7})
    with pytest.raises(BenchError, match=r"ramps at 0\.0001 A/s or faster"):
        open_bench(bench_file.model_copy(update={"limits": limits}))
