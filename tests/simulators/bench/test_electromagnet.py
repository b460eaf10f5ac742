"""The coil: its slew, its limits, its remanence."""

import itertools
import math

import pytest

from dwmtj.simulators.bench.circuit.electromagnet import Electromagnet


@pytest.fixture
def magnet() -> Electromagnet:
    return Electromagnet(
        field_per_current_T_per_A=0.0125, inductance_H=0.05, resistance_ohm=2.0, remanence_T=3e-4
    )


def test_the_current_follows_the_coil_s_equation(magnet: Electromagnet) -> None:
    magnet.feed_current(0.0, 4.0, 10.0)
    for time_s in (1e-3, 0.01, 0.03):
        expected_A = 5.0 * (1.0 - math.exp(-time_s * 2.0 / 0.05))
        assert magnet.current_A(time_s) == pytest.approx(expected_A)
        assert magnet.voltage_V(time_s) == 10.0
    reached_s = 0.05 / 2.0 * math.log(5.0)
    assert magnet.current_A(reached_s * 0.999) < 4.0 == magnet.current_A(reached_s * 1.001)
    assert magnet.voltage_V(1.0) == pytest.approx(8.0)


def test_a_held_voltage_approaches_its_current_and_stops_at_the_limit(
    magnet: Electromagnet,
) -> None:
    magnet.feed_voltage(0.0, 8.0, 12.0)
    assert magnet.current_A(0.025) == pytest.approx(4.0 * (1.0 - math.exp(-1.0)))
    assert magnet.current_A(1.0) == pytest.approx(4.0)
    magnet.feed_voltage(1.0, 8.0, 1.0)
    assert magnet.current_A(2.0) == 1.0
    assert magnet.voltage_V(2.0) == pytest.approx(2.0)
    magnet.feed_voltage(2.0, 0.0, 12.0)
    assert magnet.current_A(2.025) == pytest.approx(math.exp(-1.0))
    assert magnet.voltage_V(2.1) == 0.0


def test_a_new_target_starts_from_the_present_current(magnet: Electromagnet) -> None:
    magnet.feed_current(0.0, 4.0, 36.0)
    halfway_A = magnet.current_A(2e-3)
    magnet.feed_current(2e-3, -4.0, 36.0)
    assert magnet.current_A(2e-3) == pytest.approx(halfway_A)
    assert magnet.voltage_V(2e-3) == -36.0
    assert magnet.current_A(1.0) == -4.0


def test_the_field_lags_by_the_remanence_on_the_side_it_came_from(magnet: Electromagnet) -> None:
    at_zero_T = []
    time_s = 0.0
    for target_A in (4.0, 0.0, -4.0, 0.0):
        magnet.feed_current(time_s, target_A, 36.0)
        time_s += 1.0
        at_zero_T.append(magnet.field_T(time_s))
    assert at_zero_T[0] == pytest.approx(0.05 - 3e-4)
    assert at_zero_T[1] == pytest.approx(+3e-4)
    assert at_zero_T[3] == pytest.approx(-3e-4)


def test_small_changes_of_the_current_stay_inside_the_loop(magnet: Electromagnet) -> None:
    magnet.feed_current(0.0, 4.0, 36.0)
    magnet.field_T(1.0)
    before_T = magnet.field_T(1.0)
    magnet.feed_current(1.0, 3.97, 36.0)  # 0.375 mT down, less than 2 × 0.3 mT
    assert magnet.field_T(2.0) == before_T


def test_a_sweep_comes_in_fine_steps_that_add_up(magnet: Electromagnet) -> None:
    magnet.feed_current(0.0, -4.0, 36.0)
    pieces = magnet.steps(0.0, 1.0)
    assert sum(duration_s for duration_s, _ in pieces) == pytest.approx(1.0)
    fields_T = [field_T for _, field_T in pieces]
    assert fields_T == sorted(fields_T, reverse=True)
    assert max(a - b for a, b in itertools.pairwise(fields_T)) < 2e-3
