"""Byte for byte: what the adapter of the 33500B and 33600A sends and expects."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.instruments.agilent import Agilent33500
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, PulseShape, open_bench
from dwmtj.instruments.adapters.pulses.keysight33500 import Keysight33500PulseGenerator
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=12e-9)
NO_ERROR = b'+0,"No error"'
CONFLICT = b'-221,"Settings conflict"'
OFF: Exchange = [(b"OUTP2 0", None), (b":OUTP2?", b"0")]


def set_up(model: bytes = b"33622A") -> Exchange:
    combine: Exchange = [] if model == b"33521B" else [(b":SOUR2:COMB:FEED NONE", None)]
    return [
        *OFF,
        (b"*IDN?", b"Keysight Technologies," + model + b",MY53800123,A.02.03"),
        (b"SOUR2:FUNC PULS", None),
        (b"OUTP2:LOAD 50.0", None),
        (b":OUTP2:MODE NORM", None),
        (b":SOUR2:VOLT:UNIT VPP", None),
        (b":SOUR2:VOLT:LIM:STAT 0", None),
        (b":SOUR2:VOLT:RANG:AUTO 1", None),
        *combine,
        (b"SOUR2:BURS:MODE TRIG", None),
        (b"SOUR2:BURS:NCYC 1", None),
        (b":SOUR2:BURS:PHAS 0", None),
        (b":TRIG2:SOUR BUS", None),
        (b":TRIG2:DEL 0", None),
        (b"SOUR2:BURS:STAT 1", None),
        (b"*CLS", None),
        (b":SOUR2:FUNC:PULS:HOLD WIDT", None),
        (b":SOUR2:FUNC:PULS:TRAN:BOTH MIN", None),
        (b":SOUR2:FUNC:PULS:WIDT MIN", None),
        (b":SOUR2:FUNC:PULS:PER 1.000000e-06", None),
        (b":SOUR2:FUNC:PULS:WIDT 5.000000e-08", None),
        (b":SOUR2:FUNC:PULS:TRAN:LEAD 1.000000e-08", None),
        (b":SOUR2:FUNC:PULS:TRAN:TRA 1.200000e-08", None),
    ]


def timing(error: bytes = NO_ERROR, width: bytes = b"+5.0E-08", feed: bytes = b";NONE") -> Exchange:
    combined = b":SOUR2:COMB:FEED?;" if feed else b""
    query = (
        b":OUTP2:LOAD?;:SOUR2:VOLT:UNIT?;:SOUR2:FUNC:PULS:WIDT?;:SOUR2:FUNC:PULS:TRAN:LEAD?;"
        b":SOUR2:FUNC:PULS:TRAN:TRA?;" + combined + b":SYST:ERR?"
    )
    return [(query, b"+5.0E+01;VPP;" + width + b";+1.0E-08;+1.2E-08" + feed + b";" + error)]


STATE_QUERY = (
    b":OUTP2?;:OUTP2:POL?;:SOUR2:VOLT:HIGH?;:SOUR2:VOLT:LOW?;:SOUR2:FUNC?;:SOUR2:BURS:STAT?;"
    b":SOUR2:BURS:MODE?;:SOUR2:BURS:NCYC?;:TRIG2:SOUR?;:SYST:ERR?"
)
BURST = b"PULS;1;TRIG;+1.0E+00;BUS"


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
        (b"SOUR2:VOLT 0.010000", None),
        (b"SOUR2:VOLT:OFFS %.6f" % (sign * 0.005), None),
        (b":OUTP2:POL " + (b"NORM" if sign > 0 else b"INV"), None),
        *state(high, low, on=False),
        (b"OUTP2 1", None),
        *state(high, low),
    ]


ARM: Exchange = [*set_up(), *timing(), *idle(+1)]
TRIGGER_QUERY = b"*TRG;*WAI;:OUTP2?;:SYST:ERR?"
FIRED: Exchange = [(TRIGGER_QUERY, b"1;" + NO_ERROR)]
HIGH: Exchange = [(b"SOUR2:VOLT:HIGH 1.500000", None)]


@contextmanager
def generator_of(*parts: Exchange) -> Iterator[Keysight33500PulseGenerator]:
    exchange = [pair for part in parts for pair in part]
    with expected_protocol(Agilent33500, exchange) as driver:
        yield Keysight33500PulseGenerator(driver, channel=2, amplifier_gain=2.0)


def test_pulses_of_both_signs_are_fired_once_through_the_amplifier_and_idle_at_zero() -> None:
    positive = [*HIGH, *state(b"1.5", b"0"), *FIRED]
    low = (b"SOUR2:VOLT:LOW -1.850000", None)
    negative = [*idle(-1), low, *state(b"0", b"-1.85"), *FIRED]
    with generator_of(ARM, positive, negative) as generator:
        generator.arm(SHAPE)
        generator.fire(3.0)
        generator.fire(-3.7)


def test_armed_again_for_the_same_shape_it_reads_its_timing_back_and_sets_nothing_up() -> None:
    with generator_of(ARM, OFF, timing(), idle(+1)) as generator:
        generator.arm(SHAPE)
        generator.arm(SHAPE)


def test_a_model_with_one_channel_has_no_other_to_combine() -> None:
    with generator_of(set_up(b"33521B"), timing(feed=b""), idle(+1)) as generator:
        generator.arm(SHAPE)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (timing(error=CONFLICT), "-221 Settings conflict"),
        (timing(width=b"+1.0E-04") * 2, r"1\.0E-04 as its width in s where 5e-08 was set"),
        (timing(feed=b";CH1") * 2, "CH1 as its combined channel where NONE was set"),
    ],
)
def test_the_output_stays_off_if_the_timing_is_not_what_was_set(
    reply: Exchange, reason: str
) -> None:
    with generator_of(set_up(), reply) as generator, pytest.raises(BenchError, match=reason):
        generator.arm(SHAPE)


@pytest.mark.parametrize(
    ("states", "reason"),
    [
        (state(b"1.5", b"0", error=CONFLICT), "-221 Settings conflict"),
        (state(b"0.01", b"0") * 2, r"0\.01 as its high level in V where 1\.5 was set"),
        (state(b"1.5", b"0.1") * 2, r"0\.1 as its low level"),
        (state(b"1.5", b"0", on=False) * 2, "0 as its output where 1 was set"),
        (state(b"1.5", b"-0.0") * 2, "INV as its polarity where NORM was set"),
        (state(b"1.5", b"0", burst=b"PULS;0;TRIG;1;BUS") * 2, "0 as its burst where 1 was set"),
        (state(b"1.5", b"0", burst=b"PULS;1;TRIG;2;BUS") * 2, "2 as its pulses for a trigger"),
        (state(b"1.5", b"0", burst=b"PULS;1;TRIG;9.9E+37;BUS") * 2, "where a number was expected"),
        (state(b"1.5", b"0", burst=b"PULS;1;TRIG;1;IMM") * 2, "IMM as its trigger source"),
        (state(b"1.5", b"0", burst=b"SIN;1;TRIG;1;BUS") * 2, "SIN as its shape"),
    ],
)
def test_nothing_is_fired_if_the_next_pulse_is_not_the_one_that_was_set(
    states: Exchange, reason: str
) -> None:
    with generator_of(ARM, HIGH, states) as generator:
        generator.arm(SHAPE)
        with pytest.raises(BenchError, match=reason):
            generator.fire(3.0)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [(b"0;" + NO_ERROR, "switched its output off"), (b"1;" + CONFLICT, "-221 Settings")],
)
def test_an_output_that_tripped_at_a_pulse_or_an_error_ends_without_a_second_pulse(
    reply: bytes, reason: str
) -> None:
    with generator_of(ARM, HIGH, state(b"1.5", b"0"), [(TRIGGER_QUERY, reply)]) as generator:
        generator.arm(SHAPE)
        with pytest.raises(BenchError, match=reason):
            generator.fire(3.0)


def test_a_level_beyond_the_generator_is_refused_and_nothing_sent() -> None:
    with generator_of(ARM) as generator:
        generator.arm(SHAPE)
        with pytest.raises(LimitError, match="pulse generator"):
            generator.fire(10.5)


STAYS_ON: Exchange = [(b"OUTP2 0", None), (b":OUTP2?", b"1")]


def test_an_output_that_cannot_be_switched_off_is_named() -> None:
    with generator_of(STAYS_ON, STAYS_ON) as generator, pytest.raises(BenchError, match="be on"):
        generator.make_safe()


def test_a_pulse_shorter_than_the_generator_can_make_is_refused_with_its_own_message(
    tmp_path: Path,
) -> None:
    bench_file = other_bench("2601B, 33622A", tmp_path)
    with open_bench(bench_file) as bench:
        with pytest.raises(BenchError, match="-222 Data out of range"):
            bench.generator.arm(PulseShape(4e-9, 3e-9, 3e-9))
        bench.generator.arm(SHAPE)
        bench.generator.fire(0.02)
