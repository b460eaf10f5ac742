"""Byte for byte: what the magnet's adapter sends to supply and gaussmeter."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.lakeshore import LakeShore425
from pymeasure.test import expected_protocol

from instruments import BenchError, LimitError
from instruments.adapters.kepco_lakeshore import RAMP_STEP_S, KepcoLakeShoreMagnet

Exchange = list[tuple[bytes, bytes | None]]
SWITCH_ON: Exchange = [
    (b"*CLS", None),
    (b"OUTPut?", b"0"),
    (b"FUNCtion:MODE CURR", None),
    (b"CURRent 0", None),
    (b"VOLTage 36", None),
    (b"OUTPut 1", None),
    (b"SYST:ERR?", b'0,"No error"'),
]
GAUSSMETER_READY: Exchange = [(b"UNIT 2", None), (b"AUTO", None)]
OFF: Exchange = [(b"OUTPut 0", None)]


def ramp(start: bytes, *steps: bytes) -> Exchange:
    return [
        (b"CURRent?", start),
        *[(b"CURRent " + step, None) for step in steps],
        (b"CURRent?", steps[-1]),
    ]


class CountingClock:
    """Time that passes only when somebody waits."""

    def __init__(self) -> None:
        self.time_s = 0.0

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s


@contextmanager
def magnet(
    supply: Exchange, gaussmeter: Exchange, clock: CountingClock | None = None
) -> Iterator[KepcoLakeShoreMagnet]:
    with (
        expected_protocol(KepcoBOP3612, supply) as supply_driver,
        expected_protocol(LakeShore425, gaussmeter) as gaussmeter_driver,
    ):
        yield KepcoLakeShoreMagnet(
            supply_driver,
            gaussmeter_driver,
            clock or CountingClock(),
            coil_T_per_A=0.0125,
            field_rate_T_per_s=0.1,
            compliance_V=36,
            tolerance_T=1e-4,
        )


def test_the_field_is_ramped_no_faster_than_allowed_then_trimmed_with_the_gaussmeter() -> None:
    clock = CountingClock()
    supply = [
        *SWITCH_ON,
        *ramp(b"0", b"0.333333", b"0.666667", b"1"),
        *ramp(b"1", b"0.968"),
    ]
    gaussmeter: Exchange = [
        *GAUSSMETER_READY,
        (b"RDGFIELD?", b"+0.01290E+00"),
        (b"RDGFIELD?", b"+0.01252E+00"),
    ]
    with magnet(supply, gaussmeter, clock) as electromagnet:
        assert electromagnet.set_field(0.0125) == pytest.approx(0.01252)
    assert clock.time_s >= 0.0125 / 0.1
    assert clock.time_s >= 3 * RAMP_STEP_S


def test_a_supply_that_clips_is_found_out_by_reading_the_set_point_back() -> None:
    supply = [
        *SWITCH_ON,
        (b"CURRent?", b"0"),
        (b"CURRent 0.4", None),
        (b"CURRent?", b"0.25"),
        (b"SYST:ERR?", b'0,"No error"'),
    ]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match=r"holds 0\.25 A"):
        electromagnet.set_field(0.005)


def test_a_field_beyond_the_supply_is_refused_before_the_current_moves() -> None:
    with magnet(SWITCH_ON, []) as electromagnet, pytest.raises(LimitError, match="12 A"):
        electromagnet.set_field(0.2)


def test_a_field_that_does_not_come_is_an_error_with_what_was_read() -> None:
    trims = [b"0.8", b"1.2", b"1.6", b"2", b"2.4", b"2.8", b"3.2", b"3.6"]
    supply = [*SWITCH_ON, *ramp(b"0", b"0.4")]
    for before, after in zip([b"0.4", *trims], trims, strict=False):
        supply += ramp(before, after)
    gaussmeter = [*GAUSSMETER_READY, *[(b"RDGFIELD?", b"0.0000")] * 8]
    with (
        magnet(supply, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"field stays at 0 T where 0\.005 T"),
    ):
        electromagnet.set_field(0.005)


def test_the_safe_state_ramps_to_zero_before_the_output_goes_off() -> None:
    with magnet([*ramp(b"0.9", b"0.6", b"0.3", b"0"), *OFF], []) as electromagnet:
        electromagnet.make_safe()
