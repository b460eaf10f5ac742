"""A Kepco BOP of any rating: what it sends, and what its rating bounds."""

from pathlib import Path

import pytest
from pymeasure.instruments.kepco import KepcoBOP3612
from pymeasure.test import expected_protocol

from dwmtj.instruments import BenchError, LimitError, open_bench, parse_bench_file
from dwmtj.instruments.adapters.supplies.kepco_supply import KepcoCoilSupply, Rating
from dwmtj.instruments.bench_file import built_in_benches
from dwmtj.instruments.guard.plan import Ramp
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench

Exchange = list[tuple[bytes, bytes | None]]

SWITCH_ON: Exchange = [
    (b"*CLS", None),
    (b"OUTPut?", b"0"),
    (b"OUTPut?", b"0"),
    (b"FUNCtion:MODE CURR", None),
    (b"CURRent 0", None),
    (b"VOLTage 18", None),
    (b"OUTPut 1", None),
    (b"SYST:ERR?", b'0,"No error"'),
    (b"CURRent?", b"0"),
    (b"OUTPut?", b"1"),
]
GOOD = built_in_benches()["virtual-trapezoid"].read_text()


def supply_of(driver: KepcoBOP3612) -> KepcoCoilSupply:
    return KepcoCoilSupply(
        driver,
        CountingClock(),
        largest_A=50.0,
        rate_A_per_s=160.0,
        compliance_V=18.0,
        rated=Rating(voltage_V=20.0, current_A=20.0),
    )


def test_set_points_beyond_12_A_are_sent_as_they_are_and_confirmed() -> None:
    steps: Exchange = [
        pair for step in (b"8", b"16") for pair in ((b"CURRent " + step, None), (b"CURRent?", step))
    ]
    flows: Exchange = [(b"MEASure:CURRent?", b"15.95"), (b"OUTPut?", b"1")]
    with expected_protocol(KepcoBOP3612, [*SWITCH_ON, *steps, *flows]) as driver:
        supply_of(driver).ramp_to(16.0)


def test_a_current_beyond_the_rating_is_refused_and_nothing_sent() -> None:
    with expected_protocol(KepcoBOP3612, []) as driver:
        supply = supply_of(driver)
        assert supply.maximum_current_A == 20.0
        with pytest.raises(LimitError, match=r"20\.5 A and may get 20 A"):
            supply.ramp_to(20.5)


def with_rating(rating: str, compliance_V: float = 20.0) -> str:
    keys = f'"KepcoBOP"\nrating = "{rating}"\ncompliance_V = {compliance_V}'
    return GOOD.replace('"KepcoBOP3612"', keys)


def test_the_plan_of_the_safe_state_believes_what_the_rating_allows() -> None:
    (plan,) = (
        plan
        for plan in plan_of(parse_bench_file(with_rating("20-20"), "bench.toml")).instruments
        if plan.name == "magnet supply"
    )
    assert [step.limit for step in plan.steps if isinstance(step, Ramp)] == [20.0, 20.0]


def test_a_compliance_beyond_the_rating_is_refused_where_it_is_written() -> None:
    with pytest.raises(BenchError, match=r"compliance_V = 36, and a BOP 20-20 reaches 20 V"):
        parse_bench_file(with_rating("20-20", 36.0), "bench.toml")


@pytest.mark.parametrize("rating", ["50-8", "20-2", "120-20"])
def test_a_supply_of_another_rating_than_the_bench_file_says_is_refused(
    rating: str, tmp_path: Path
) -> None:
    bench_file = other_bench("2450, BOP 20-20, 475", tmp_path)
    assert bench_file.magnet is not None
    magnet = bench_file.magnet.model_copy(update={"rating": rating})
    with pytest.raises(BenchError, match=rf"which is no BOP {rating}; correct rating"):
        open_bench(bench_file.model_copy(update={"magnet": magnet}))


def test_a_rating_is_two_numbers() -> None:
    with pytest.raises(BenchError, match=r"magnet\.rating"):
        parse_bench_file(with_rating("20 V, 20 A"), "bench.toml")
