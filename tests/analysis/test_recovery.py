"""The recovery benchmark measures devices through the whole bench and compares them with truth."""

from dwmtj.benchmarks.recovery import measured


def test_a_random_device_of_each_geometry_is_measured_and_compared() -> None:
    """Devices 0 and 1: eight levels in all; fewer than 75 % of 30 intervals at true 95 %: 1e-4."""
    outcomes = [measured(number) for number in (0, 1)]
    assert [outcome.geometry for outcome in outcomes] == ["trapezoid", "straight"]
    assert [outcome.found for outcome in outcomes] == [outcome.levels for outcome in outcomes]
    cases = [case for outcome in outcomes for case in outcome.cases]
    assert {case.quantity for case in cases} >= {"level mean", "level σ", "V_C", "σ of V_C"}
    assert sum(case.covered for case in cases) >= 0.75 * len(cases)
