"""Byte for byte: what the magnet's adapter sends to supply and gaussmeter."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.lakeshore import LakeShore425
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError
from dwmtj.instruments.adapters.kepco_bop import RAMP_STEP_S, KepcoCoilSupply
from dwmtj.instruments.adapters.lakeshore425 import LakeShore425Gaussmeter
from dwmtj.instruments.electromagnet import Electromagnet

Exchange = list[tuple[bytes, bytes | None]]
SWITCH_ON: Exchange = [
    (b"*CLS", None),
    (b"OUTPut?", b"0"),
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
) -> Iterator[Electromagnet]:
    with (
        expected_protocol(KepcoBOP3612, supply) as supply_driver,
        expected_protocol(LakeShore425, gaussmeter) as gaussmeter_driver,
    ):
        clock = clock or CountingClock()
        yield Electromagnet(
            KepcoCoilSupply(supply_driver, clock, rate_A_per_s=8, compliance_V=36),
            LakeShore425Gaussmeter(gaussmeter_driver),
            clock,
            coil_T_per_A=0.0125,
            tolerance_T=1e-4,
            largest_trim_T=2e-3,
            largest_field_T=0.13,
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


def test_a_gaussmeter_out_of_the_gap_does_not_drive_the_field_away() -> None:
    supply = [*SWITCH_ON, *ramp(b"0", b"0.4")]
    gaussmeter = [*GAUSSMETER_READY, (b"RDGFIELD?", b"0.0000")]
    with (
        magnet(supply, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0 T where 0\.005 T was set"),
    ):
        electromagnet.set_field(0.005)


def test_all_trims_together_stay_small() -> None:
    supply = [*SWITCH_ON, *ramp(b"0", b"0.4"), *ramp(b"0.4", b"0.52")]
    gaussmeter = [*GAUSSMETER_READY, *[(b"RDGFIELD?", b"0.0035")] * 2]
    with (
        magnet(supply, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0\.0035 T where 0\.005 T was set"),
    ):
        electromagnet.set_field(0.005)


def test_a_coil_that_carries_current_is_taken_over_without_a_jump() -> None:
    supply: Exchange = [
        (b"*CLS", None),
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"1"),
        (b"MEASure:CURRent?", b"0.8"),
        (b"CURRent 0.8", None),
        (b"VOLTage 36", None),
        (b"SYST:ERR?", b'0,"No error"'),
        *ramp(b"0.8", b"0.4"),
    ]
    gaussmeter = [*GAUSSMETER_READY, (b"RDGFIELD?", b"0.0050")]
    with magnet(supply, gaussmeter) as electromagnet:
        electromagnet.set_field(0.005)


def test_a_supply_left_on_in_voltage_mode_is_ramped_down_before_it_is_used() -> None:
    supply: Exchange = [
        (b"*CLS", None),
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"0"),
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"0"),
        (b"VOLTage?", b"2.4"),
        (b"VOLTage 1.2", None),
        (b"VOLTage 0", None),
        (b"OUTPut 0", None),
        *SWITCH_ON[3:],
        *ramp(b"0", b"0.4"),
    ]
    gaussmeter = [*GAUSSMETER_READY, (b"RDGFIELD?", b"0.0050")]
    with magnet(supply, gaussmeter) as electromagnet:
        electromagnet.set_field(0.005)


def test_the_safe_state_ramps_to_zero_before_the_output_goes_off() -> None:
    supply: Exchange = [
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"1"),
        (b"CURRent?", b"0.9"),
        (b"CURRent 0.6", None),
        (b"CURRent 0.3", None),
        (b"CURRent 0", None),
        *OFF,
    ]
    with magnet(supply, []) as electromagnet:
        electromagnet.make_safe()


def test_the_safe_state_of_a_supply_that_is_off_takes_no_time() -> None:
    clock = CountingClock()
    with magnet([(b"OUTPut?", b"0"), *OFF], [], clock) as electromagnet:
        electromagnet.make_safe()
    assert clock.time_s == 0


def test_a_supply_that_answers_nonsense_is_switched_off_all_the_same() -> None:
    supply: Exchange = [
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"1"),
        (b"CURRent?", b"KEPCO,BIT 4886"),
        *OFF,
    ]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match="unparsable reply"):
        electromagnet.make_safe()
