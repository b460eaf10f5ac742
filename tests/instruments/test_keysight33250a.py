"""Byte for byte: what the adapter of the 33250A sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.keysight import Keysight33250A
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, PulseShape, open_bench
from dwmtj.instruments.adapters.pulses.keysight33250a import Keysight33250APulseGenerator
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)
NO_ERROR = b'+0,"No error"'
CONFLICT = b'-221,"Settings conflict"'
OFF: Exchange = [(b"OUTP 0", None), (b":OUTP?", b"0")]
SET_UP: Exchange = [
    *OFF,
    (b"FUNC PULS", None),
    (b"OUTP:LOAD 50", None),
    (b"VOLT:UNIT VPP", None),
    (b"VOLT:RANG:AUTO 1", None),
    (b"BURS:MODE TRIG", None),
    (b"BURS:NCYC 1", None),
    (b"TRIG:SOUR BUS", None),
    (b"TRIG:DEL 0", None),
    (b"BURS:STAT 1", None),
    (b"*CLS", None),
    (b"PULS:TRAN MIN", None),
    (b"PULS:WIDT MIN", None),
    (b"PULS:PER 1.000000e-06", None),
    (b"PULS:WIDT 5.000000e-08", None),
    (b"PULS:TRAN 1.000000e-08", None),
]
STATE_QUERY = (
    b":OUTP?;:OUTP:POL?;:VOLT:HIGH?;:VOLT:LOW?;:FUNC?;:BURS:STAT?;:BURS:MODE?;:BURS:NCYC?;"
    b":TRIG:SOUR?;:SYST:ERR?"
)
BURST = b"PULS;1;TRIG;+1.0000000000000E+00;BUS"
TRIGGER_QUERY = b"*TRG;*WAI;:OUTP?;:SYST:ERR?"


def timing(error: bytes = NO_ERROR, edge: bytes = b"+1.0E-08") -> Exchange:
    query = b":OUTP:LOAD?;:VOLT:UNIT?;:PULS:WIDT?;:PULS:TRAN?;:SYST:ERR?"
    return [(query, b"+5.0E+01;VPP;+5.0E-08;" + edge + b";" + error)]


def state(
    high: bytes, low: bytes, on: bool = True, burst: bytes = BURST, error: bytes = NO_ERROR
) -> Exchange:
    polarity = b"INV" if low.startswith(b"-") else b"NORM"
    replies = [b"1" if on else b"0", polarity, high, low, burst, error]
    return [(STATE_QUERY, b";".join(replies))]


def idle(sign: int) -> Exchange:
    high, low = (b"+0.01", b"0") if sign > 0 else (b"0", b"-0.01")
    return [
        *OFF,
        (b"VOLT 0.010000", None),
        (b"VOLT:OFFS %.6f" % (sign * 0.005), None),
        (b":OUTP:POL " + (b"NORM" if sign > 0 else b"INV"), None),
        *state(high, low, on=False),
        (b"OUTP 1", None),
        *state(high, low),
    ]


ARM: Exchange = [*SET_UP, *timing(), *idle(+1)]
HIGH: Exchange = [(b"VOLT:HIGH 1.500000", None)]
FIRED: Exchange = [(TRIGGER_QUERY, b"1;" + NO_ERROR)]


@contextmanager
def generator_of(*parts: Exchange) -> Iterator[Keysight33250APulseGenerator]:
    exchange = [pair for part in parts for pair in part]
    with expected_protocol(Keysight33250A, exchange) as driver:
        yield Keysight33250APulseGenerator(driver, amplifier_gain=2.0)


def test_pulses_of_both_signs_are_fired_once_through_the_amplifier_and_idle_at_zero() -> None:
    positive = [*HIGH, *state(b"1.5", b"0"), *FIRED]
    low = (b"VOLT:LOW -1.850000", None)
    negative = [*idle(-1), low, *state(b"0", b"-1.85"), *FIRED]
    with generator_of(ARM, positive, negative) as generator:
        generator.arm(SHAPE)
        generator.fire(3.0)
        generator.fire(-3.7)


def test_two_different_edges_are_refused_and_nothing_sent() -> None:
    with generator_of() as generator, pytest.raises(LimitError, match="one time for both edges"):
        generator.arm(PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=12e-9))


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (timing(error=CONFLICT), "-221 Settings conflict"),
        (timing(edge=b"+5.0E-09") * 2, r"5\.0E-09 as its edges in s where 1e-08 was set"),
    ],
)
def test_the_output_stays_off_if_the_timing_is_not_what_was_set(
    reply: Exchange, reason: str
) -> None:
    with generator_of(SET_UP, reply) as generator, pytest.raises(BenchError, match=reason):
        generator.arm(SHAPE)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (state(b"1.5", b"0", error=CONFLICT), "-221 Settings conflict"),
        (state(b"0.01", b"0") * 2, r"0\.01 as its high level in V where 1\.5 was set"),
        (state(b"1.5", b"0", on=False) * 2, "0 as its output where 1 was set"),
        (state(b"1.5", b"0", burst=b"PULS;0;TRIG;1;BUS") * 2, "0 as its burst where 1 was set"),
        (state(b"1.5", b"0", burst=b"PULS;1;TRIG;2;BUS") * 2, "2 as its pulses for a trigger"),
        (state(b"1.5", b"0", burst=b"PULS;1;TRIG;1;IMM") * 2, "IMM as its trigger source"),
    ],
)
def test_nothing_is_fired_if_the_next_pulse_is_not_the_one_that_was_set(
    states: Exchange, reason: str
) -> None:
    with generator_of(ARM, HIGH, states) as generator:
        generator.arm(SHAPE)
        with pytest.raises(BenchError, match=reason):
            generator.fire(3.0)


def test_a_level_beyond_the_generator_is_refused_and_nothing_sent() -> None:
    with generator_of(ARM) as generator:
        generator.arm(SHAPE)
        with pytest.raises(LimitError, match="pulse generator"):
            generator.fire(10.5)


STAYS_ON: Exchange = [(b"OUTP 0", None), (b":OUTP?", b"1")]


def test_an_output_that_cannot_be_switched_off_is_named() -> None:
    with generator_of(STAYS_ON, STAYS_ON) as generator, pytest.raises(BenchError, match="be on"):
        generator.make_safe()


def test_a_pulse_shorter_than_the_generator_can_make_is_refused_with_its_own_message(
    tmp_path: Path,
) -> None:
    with open_bench(other_bench("33250A", tmp_path)) as bench:
        with pytest.raises(BenchError, match="-222 Data out of range"):
            bench.generator.arm(PulseShape(7e-9, 5e-9, 5e-9))
        bench.generator.arm(SHAPE)
        bench.generator.fire(0.02)
