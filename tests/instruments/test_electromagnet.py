"""Byte for byte: what the magnet's adapter sends to supply and gaussmeter."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import pytest
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.instruments.lakeshore import LakeShore425
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError
from dwmtj.instruments.adapters.lakeshore425 import LakeShore425Gaussmeter
from dwmtj.instruments.adapters.supplies.coil_ramp import STEP_S
from dwmtj.instruments.adapters.supplies.kepco_supply import KepcoCoilSupply, Rating
from dwmtj.instruments.electromagnet import Electromagnet
from dwmtj.tests.instruments.counting_clock import CountingClock

Exchange = list[tuple[bytes, bytes | None]]
NO_ERROR: Exchange = [(b"SYST:ERR?", b'0,"No error"')]
ON: Exchange = [
    (b"FUNCtion:MODE CURR", None),
    (b"CURRent 0", None),
    (b"VOLTage 36", None),
    (b"OUTPut 1", None),
    *NO_ERROR,
    (b"CURRent?", b"0"),
    (b"OUTPut?", b"1"),
]
SWITCH_ON: Exchange = [(b"*CLS", None), (b"OUTPut?", b"0"), (b"OUTPut?", b"0"), *ON]
GAUSSMETER_READY: Exchange = [
    (b"RDGMODE 1,0,1", None),
    (b"UNIT 2", None),
    (b"AUTO", None),
    (b"RDGMODE?", b"1,0,1"),
    (b"UNIT?", b"2"),
    (b"AUTO?", b"1"),
]
OFF: Exchange = [(b"OUTPut 0", None), (b"OUTPut?", b"0")]


def steps(*steps: bytes) -> Exchange:
    return [pair for step in steps for pair in ((b"CURRent " + step, None), (b"CURRent?", step))]


def ramp(*through: bytes) -> Exchange:
    """A ramp that was taken: each step is read back, and at last what flows."""
    return [*steps(*through), (b"MEASure:CURRent?", through[-1]), (b"OUTPut?", b"1")]


def field(reading: bytes) -> Exchange:
    """A field is read until two readings agree."""
    return [(b"RDGFIELD?", reading)] * 2


def held(current: bytes) -> Exchange:
    return [(b"CURRent?", current)]


def supply_of(driver: KepcoBOP3612, clock: CountingClock) -> KepcoCoilSupply:
    return KepcoCoilSupply(
        driver,
        clock,
        largest_A=10.4,
        rate_A_per_s=8,
        compliance_V=36,
        rated=Rating(voltage_V=36, current_A=12),
    )


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
            supply_of(supply_driver, clock),
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
        *ramp(b"0.333333", b"0.666667", b"1"),
        *held(b"1"),
        *ramp(b"0.968"),
    ]
    gaussmeter: Exchange = [
        *GAUSSMETER_READY,
        *field(b"+0.01290E+00"),
        *field(b"+0.01252E+00"),
    ]
    with magnet(supply, gaussmeter, clock) as electromagnet:
        assert electromagnet.set_field(0.0125) == pytest.approx(0.01252)
    assert clock.time_s >= 0.0125 / 0.1
    assert clock.time_s >= 3 * STEP_S


def test_a_supply_that_clips_is_found_out_by_reading_the_set_point_back() -> None:
    supply = [
        *SWITCH_ON,
        (b"CURRent 0.4", None),
        *held(b"0.25"),
        *held(b"0.25"),
    ]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match=r"holds 0\.25 A"):
        electromagnet.set_field(0.005)


def test_a_field_beyond_the_supply_is_refused_before_the_current_moves() -> None:
    with magnet([], []) as electromagnet, pytest.raises(LimitError, match=r"10\.4 A"):
        electromagnet.set_field(0.2)


def test_a_gaussmeter_out_of_the_gap_does_not_drive_the_field_away() -> None:
    supply = [*SWITCH_ON, *ramp(b"0.4")]
    gaussmeter = [*GAUSSMETER_READY, *field(b"0.0000")]
    with (
        magnet(supply, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0 T where 0\.005 T was set"),
    ):
        electromagnet.set_field(0.005)


def test_all_trims_together_stay_small() -> None:
    supply = [*SWITCH_ON, *ramp(b"0.4"), *held(b"0.4"), *ramp(b"0.52")]
    gaussmeter = [*GAUSSMETER_READY, *field(b"0.0035"), *field(b"0.0035")]
    with (
        magnet(supply, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0\.0035 T where 0\.005 T was set"),
    ):
        electromagnet.set_field(0.005)


FOUND_ON: Exchange = [(b"*CLS", None), (b"OUTPut?", b"1"), (b"FUNCtion:MODE?", b"1")]


@pytest.mark.parametrize(
    "replies",
    [(b"0.8", b"5", b"0.9"), (b"5", b"5", b"0.9"), (b"200", b"200", b"200")],
)
def test_a_coil_whose_current_cannot_be_known_is_not_taken_over(replies: tuple[bytes, ...]) -> None:
    first, second, set_point = replies
    supply = [*FOUND_ON, (b"MEASure:CURRent?", first), (b"MEASure:CURRent?", second)]
    with (
        magnet([*supply, *held(set_point)], []) as electromagnet,
        pytest.raises(BenchError, match="ramp it to zero by hand"),
    ):
        electromagnet.set_field(0.005)


def test_a_coil_that_carries_current_is_taken_over_without_a_jump() -> None:
    supply: Exchange = [
        *FOUND_ON,
        *[(b"MEASure:CURRent?", b"0.8")] * 2,
        *held(b"0.9"),
        (b"CURRent 0.8", None),
        (b"VOLTage 36", None),
        *NO_ERROR,
        *held(b"0.8"),
        (b"OUTPut?", b"1"),
        *ramp(b"0.4"),
    ]
    gaussmeter = [*GAUSSMETER_READY, *field(b"0.0050")]
    with magnet(supply, gaussmeter) as electromagnet:
        electromagnet.set_field(0.005)


def test_a_supply_left_on_in_voltage_mode_is_ramped_down_before_it_is_used() -> None:
    supply: Exchange = [
        (b"*CLS", None),
        (b"OUTPut?", b"1"),
        (b"FUNCtion:MODE?", b"0"),
        (b"FUNCtion:MODE?", b"0"),
        (b"VOLTage?", b"2.4"),
        (b"VOLTage 1.2", None),
        (b"VOLTage 0", None),
        *OFF,
        *ON,
        *ramp(b"0.4"),
    ]
    gaussmeter = [*GAUSSMETER_READY, *field(b"0.0050")]
    with magnet(supply, gaussmeter) as electromagnet:
        electromagnet.set_field(0.005)


AT_0_8_A: Exchange = [*SWITCH_ON, *ramp(b"0.4", b"0.8")]
AT_10_MT: Exchange = [*GAUSSMETER_READY, *field(b"0.0100")]


@pytest.mark.parametrize("wrong", [b"9.9E37", b"200", b"nan", b"-0.8", b"KEPCO"])
def test_one_wrong_reply_in_a_ramp_is_asked_again(wrong: bytes) -> None:
    supply = [*SWITCH_ON, (b"CURRent 0.4", None), *held(wrong), *held(b"0.4"), *ramp(b"0.8")]
    with magnet(supply, AT_10_MT) as electromagnet:
        electromagnet.set_field(0.01)


@pytest.mark.parametrize("wrong", [b"9.9E37", b"200", b"nan", b"-0.8", b"KEPCO"])
def test_a_reply_that_stays_wrong_ends_the_ramp_where_it_is_and_the_safe_state_starts_there(
    wrong: bytes,
) -> None:
    supply = [
        *AT_0_8_A,
        *held(b"0.8"),
        (b"CURRent 1.2", None),
        *held(wrong),
        *held(wrong),
        (b"FUNCtion:MODE?", b"1"),
        *[(b"CURRent " + step, None) for step in (b"0.8", b"0.4", b"0")],
        *OFF,
    ]
    with magnet(supply, AT_10_MT) as electromagnet:
        electromagnet.set_field(0.01)
        with pytest.raises(BenchError, match="magnet supply"):
            electromagnet.set_field(0.02)
        electromagnet.make_safe()


def test_a_supply_changed_by_somebody_else_is_not_ramped_from_there() -> None:
    with magnet([*AT_0_8_A, *held(b"0.2"), *held(b"0.2")], AT_10_MT) as electromagnet:
        electromagnet.set_field(0.01)
        with pytest.raises(BenchError, match=r"asked for 0\.8 A and holds 0\.2 A"):
            electromagnet.set_field(0.02)


@pytest.mark.parametrize(
    ("voltage", "reason"), [(b"35.9", "voltage limit of 36 V"), (b"1", "check that its output")]
)
def test_a_current_that_does_not_flow_is_explained(voltage: bytes, reason: str) -> None:
    little = [
        (b"MEASure:CURRent?", b"0.01"),
        (b"OUTPut?", b"1"),
        (b"MEASure:VOLTage?", voltage),
    ]
    supply = [*SWITCH_ON, *steps(b"0.4"), *little, *little]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match=reason):
        electromagnet.set_field(0.005)


def test_a_trim_does_not_take_the_coil_beyond_the_limit() -> None:
    clock = CountingClock()
    gaussmeter: Exchange = [*GAUSSMETER_READY, *field(b"0.1285")]
    supply = [*SWITCH_ON]
    for step in range(1, 27):
        supply += steps(format(step * 0.4, "g").encode())
    supply += [(b"MEASure:CURRent?", b"10.4"), (b"OUTPut?", b"1")]
    with (
        magnet(supply, gaussmeter, clock) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0\.1285 T where 0\.13 T was set"),
    ):
        electromagnet.set_field(0.13)


@pytest.mark.parametrize("mode", [b"2,0,1", b"9.9E37", b""])
def test_a_gaussmeter_in_another_mode_is_not_read(mode: bytes) -> None:
    ready = [*GAUSSMETER_READY[:3], *[(b"RDGMODE?", mode)] * 2]
    with (
        magnet([*SWITCH_ON, *ramp(b"0.4")], ready) as electromagnet,
        pytest.raises(BenchError, match=r"to RDGMODE\? where 1, was set"),
    ):
        electromagnet.set_field(0.005)


def test_without_a_gaussmeter_the_field_is_what_flows_through_the_coil() -> None:
    flowing: Exchange = [(b"MEASure:CURRent?", b"0.396")]
    with expected_protocol(KepcoBOP3612, [*SWITCH_ON, *ramp(b"0.4"), *flowing]) as driver:
        clock = CountingClock()
        electromagnet = Electromagnet(
            supply_of(driver, clock),
            None,
            clock,
            coil_T_per_A=0.0125,
            tolerance_T=1e-4,
            largest_trim_T=2e-3,
            largest_field_T=0.13,
        )
        assert electromagnet.set_field(0.005) == pytest.approx(0.00495)
        assert electromagnet.gaussmeter_identity == "none"


FOUND_FLOWING: Exchange = [
    (b"OUTPut?", b"1"),
    (b"FUNCtion:MODE?", b"1"),
    *[(b"MEASure:CURRent?", b"0.9")] * 2,
]


def test_the_safe_state_ramps_what_it_finds_to_zero_before_the_output_goes_off() -> None:
    supply: Exchange = [
        *FOUND_FLOWING,
        *held(b"0.9"),
        (b"CURRent 0.6", None),
        (b"CURRent 0.3", None),
        (b"CURRent 0", None),
        *OFF,
    ]
    with magnet(supply, []) as electromagnet:
        electromagnet.make_safe()


def test_the_safe_state_of_a_supply_that_is_off_takes_no_time() -> None:
    clock = CountingClock()
    with magnet([*[(b"OUTPut?", b"0")] * 2, *OFF], [], clock) as electromagnet:
        electromagnet.make_safe()
    assert clock.time_s == 0


def test_a_supply_that_answers_nonsense_is_switched_off_all_the_same() -> None:
    supply: Exchange = [*FOUND_FLOWING, *held(b"KEPCO,BIT 4886"), *OFF]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match="where a number"):
        electromagnet.make_safe()


def test_a_supply_that_stays_on_is_named() -> None:
    stays_on: Exchange = [(b"OUTPut 0", None), (b"OUTPut?", b"1")]
    with (
        magnet([*[(b"OUTPut?", b"0")] * 2, *stays_on, *stays_on], []) as electromagnet,
        pytest.raises(BenchError, match=r"magnet supply .* its output may be on"),
    ):
        electromagnet.make_safe()


def test_one_wrong_reading_of_the_field_trims_nothing() -> None:
    replies = [b"0", b"0.0100", b"0.0100"]
    gaussmeter = [*GAUSSMETER_READY, *[(b"RDGFIELD?", reply) for reply in replies]]
    with magnet(AT_0_8_A, gaussmeter) as electromagnet:
        assert electromagnet.set_field(0.01) == pytest.approx(0.01)


def test_readings_that_never_agree_are_no_field() -> None:
    replies = [b"0.0100", b"0.0110", b"0.0100", b"0.0110"]
    gaussmeter = [*GAUSSMETER_READY, *[(b"RDGFIELD?", reply) for reply in replies]]
    with (
        magnet(AT_0_8_A, gaussmeter) as electromagnet,
        pytest.raises(BenchError, match=r"reads 0\.01, 0\.011, 0\.01, 0\.011 T, one after"),
    ):
        electromagnet.set_field(0.01)


def test_a_supply_that_tripped_is_found_out_though_its_set_point_is_held() -> None:
    tripped: Exchange = [(b"MEASure:CURRent?", b"0"), (b"OUTPut?", b"0")]
    supply = [*SWITCH_ON, *steps(b"0.01"), *tripped, *tripped]
    with magnet(supply, []) as electromagnet, pytest.raises(BenchError, match="output off"):
        electromagnet.set_field(0.000125)


def test_one_wrong_reply_does_not_have_the_coil_switched_off_at_its_current() -> None:
    supply: Exchange = [
        *AT_0_8_A,
        (b"FUNCtion:MODE?", b"1"),
        *[(b"CURRent " + step, None) for step in (b"0.4", b"0")],
        *OFF,
    ]
    with magnet(supply, AT_10_MT) as electromagnet:
        electromagnet.set_field(0.01)
        electromagnet.make_safe()
    found = [(b"OUTPut?", b"0"), (b"OUTPut?", b"1"), *FOUND_FLOWING[1:], *held(b"0.9")]
    found += [(b"CURRent " + step, None) for step in (b"0.6", b"0.3", b"0")]
    with magnet([*found, *OFF], []) as electromagnet:
        electromagnet.make_safe()


def test_a_change_of_the_field_in_another_thread_ends_when_the_magnet_is_made_safe() -> None:
    class Interrupted(CountingClock):
        def sleep(self, duration_s: float) -> None:
            super().sleep(duration_s)
            electromagnet.interrupt()  # as the thread that makes it safe does

    with (
        magnet([*SWITCH_ON, *steps(b"0.4")], [], Interrupted()) as electromagnet,
        pytest.raises(BenchError, match="is being made safe"),
    ):
        electromagnet.set_field(0.01)


class Coil:
    """A coil on its supply and the gaussmeter beside it, whose readings may be given one by one."""

    identity = "coil"
    maximum_current_A = 10.0

    def __init__(
        self, readings_T: Sequence[float] = (), *, T_per_A: float = 0.25, remanence_T: float = 0.0
    ) -> None:
        self.ramps_A: list[float] = []
        self._readings_T = iter(readings_T)
        self._T_per_A = T_per_A
        self._remanence_T = remanence_T

    def ramp_to(self, current_A: float, is_over: Callable[[], bool] = lambda: False) -> None:
        assert not is_over()
        self.ramps_A.append(current_A)

    def read_current(self) -> float:
        return self.ramps_A[-1]

    def read_field(self) -> float:
        physical_T = self.ramps_A[-1] * self._T_per_A + self._remanence_T
        return next(self._readings_T, physical_T)

    def check(self) -> None: ...

    def make_safe(self) -> None: ...


def magnet_with(coil: Coil) -> Electromagnet:
    """Return a magnet all of whose numbers are powers of two, so that limits are met exactly."""
    return Electromagnet(
        coil,
        coil,
        CountingClock(),
        coil_T_per_A=0.25,
        tolerance_T=2**-10,
        largest_trim_T=2**-4,
        largest_field_T=0.5,
    )


def test_a_wrong_coil_constant_and_a_remanence_are_trimmed_away() -> None:
    coil = Coil(T_per_A=0.22, remanence_T=-5e-3)
    assert magnet_with(coil).set_field(0.25) == pytest.approx(0.25, abs=2**-10)
    assert coil.ramps_A[-1] == pytest.approx((0.25 + 5e-3) / 0.22, abs=2**-10 / 0.22)
    assert 2 <= len(coil.ramps_A) <= 8


@pytest.mark.parametrize(
    ("field_T", "readings_T"),
    [
        (0.5, [0.5 + 2**-10]),  # as far off as tolerated
        (0.25, [0.25 + 2**-4]),  # a trim as large as allowed
        (0.5 - 2**-9, [0.5 + 2**-10]),  # the largest field, as far off as tolerated
        (0.5 - 2**-5, [0.5 - 2**-4]),  # a trim that asks for the largest field
        (-0.5 + 2**-5, [-0.5 + 2**-4]),
    ],
)
def test_trims_and_fields_may_reach_their_limits(field_T: float, readings_T: list[float]) -> None:
    twice = [reading_T for reading_T in readings_T for _ in range(2)]
    magnet_with(Coil(twice)).set_field(field_T)


def test_a_field_as_far_off_as_tolerated_is_not_trimmed() -> None:
    coil = Coil([0.25 + 2**-10] * 2)
    assert magnet_with(coil).set_field(0.25) == 0.25 + 2**-10
    assert coil.ramps_A == [1.0]


@pytest.mark.parametrize(
    ("field_T", "reading_T"),
    [
        (0.5, 0.5 + 2**-9),  # seen beyond the largest field
        (-0.5, -0.5 - 2**-9),
        (0.5, 0.5 - 2**-9),  # asks for more than the largest field
        (-0.5, -0.5 + 2**-9),
        (0.25, 0.25 + 2**-4 + 2**-9),  # asks for more than the largest trim
        (0.25, 0.25 - 2**-4 - 2**-9),
    ],
)
def test_a_reading_that_would_drive_the_field_away_ends_the_attempt_at_once(
    field_T: float, reading_T: float
) -> None:
    coil = Coil([reading_T] * 2)
    with pytest.raises(BenchError, match=f"reads {reading_T:g} T where {field_T:g} T was set"):
        magnet_with(coil).set_field(field_T)
    assert len(coil.ramps_A) == 1


def test_the_field_is_the_last_of_two_readings_that_agree() -> None:
    coil = Coil([0.0, 0.25, 0.25 + 2**-10])
    assert magnet_with(coil).set_field(0.25) == 0.25 + 2**-10


def test_a_magnet_without_gaussmeter_warns_once(caplog: pytest.LogCaptureFixture) -> None:
    open_loop = Electromagnet(
        Coil(),
        None,
        CountingClock(),
        coil_T_per_A=-0.25,
        tolerance_T=2**-10,
        largest_trim_T=2**-4,
        largest_field_T=0.5,
    )
    for field_T in (0.25, 0.5, -0.5):
        assert open_loop.set_field(field_T) == field_T
        assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert open_loop.maximum_field_T == 2.5
