"""Byte for byte: what the adapter of the 430 sends and expects."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError
from dwmtj.instruments.adapters.supplies.ami430 import AMI430, AMI430CoilSupply
from dwmtj.tests.instruments.counting_clock import CountingClock

Exchange = list[tuple[bytes, bytes | None]]

NO_SWITCH: Exchange = [(b"PS:INST?", b"0")]
RATE: Exchange = [
    (b"CONF:RAMP:RATE:UNITS 0", None),
    (b"RAMP:RATE:UNITS?", b"0"),
    (b"CONF:RAMP:RATE:SEG 1", None),
    (b"RAMP:RATE:SEG?", b"1"),
    (b"CONF:RAMP:RATE:CURR 1,8.0000,80.0000", None),
    (b"RAMP:RATE:CURR:1?", b"8.0000,80.0000"),
]
FINE: Exchange = [(b"QU?", b"0"), (b"SYST:ERR?", b'0,"No errors"')]


def flows(*currents: bytes) -> Exchange:
    return [(b"CURR:MAG?", current) for current in currents]


def go(start: bytes, target: bytes) -> Exchange:
    set_point = [(b"CONF:CURR:TARG " + target, None), (b"CURR:TARG?", target), (b"RAMP", None)]
    return [*RATE, *flows(start), *set_point]


@contextmanager
def supply_of(
    *parts: Sequence[tuple[bytes, bytes | None]], report: Callable[[float], None] = lambda _: None
) -> Iterator[AMI430CoilSupply]:
    with expected_protocol(AMI430, [pair for part in parts for pair in part]) as driver:
        yield AMI430CoilSupply(
            driver,
            CountingClock(),
            rated_A=80.0,
            largest_A=10.4,
            rate_A_per_s=8.0,
            report=report,
        )


def test_a_line_of_the_welcome_before_the_identity_is_passed_over() -> None:
    identity = b"AMERICAN MAGNETICS INC.,MODEL 430,1337,3.11"
    with supply_of([(b"*IDN?", b"Hello."), (b"*IDN?", identity)]) as supply:
        assert supply.identity == identity.decode()


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"PS:INST?", b"1")] * 2, "has a persistent switch"),
        ([*NO_SWITCH, RATE[0], *[(b"RAMP:RATE:UNITS?", b"1")] * 2], "replied 1 to RAMP:RATE:UNITS"),
        ([*NO_SWITCH, *RATE[:3], *[(b"RAMP:RATE:SEG?", b"3")] * 2], "replied 3 to RAMP:RATE:SEG"),
        (
            [*NO_SWITCH, *RATE[:5], *[(b"RAMP:RATE:CURR:1?", b"50.0,80.0")] * 2],
            "50 A/s as its ramp rate where 8 was set",
        ),
        (
            [*NO_SWITCH, *go(b"0", b"2.0000")[:-2], *[(b"CURR:TARG?", b"0")] * 2],
            "0 as its target current",
        ),
    ],
)
def test_what_is_not_as_it_was_set_ends_the_change(exchange: Exchange, reason: str) -> None:
    with supply_of(exchange) as supply, pytest.raises(BenchError, match=reason):
        supply.ramp_to(2.0)


def test_a_quench_ends_the_change_and_says_so() -> None:
    quenched: Exchange = [(b"QU?", b"1")]
    with (
        supply_of(NO_SWITCH, go(b"0", b"2.0000"), flows(b"2.0000"), quenched) as supply,
        pytest.raises(BenchError, match="the coil has quenched"),
    ):
        supply.ramp_to(2.0)
