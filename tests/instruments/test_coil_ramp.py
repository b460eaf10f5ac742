"""Nothing beyond the limits of a coil is sent to its supply, however it is asked for."""

import math
from itertools import pairwise

import pytest

from dwmtj.instruments import LimitError
from dwmtj.instruments.adapters.supplies.coil_ramp import STEP_S, CoilRamp, set_points

ROUNDING_A = 5e-3
RAMP = CoilRamp(largest_A=8.0, rate_A_per_s=8.0, rounding_A=ROUNDING_A)
STEP_A = 8.0 * STEP_S


@pytest.mark.parametrize("sign", [1, -1])
def test_a_coil_gets_its_largest_current_and_what_a_supply_rounds_it_to(sign: int) -> None:
    RAMP.check(sign * 8.0)
    RAMP.check(sign * (8.0 + ROUNDING_A))
    with pytest.raises(LimitError, match=r"would need -?8\.006 A and may get 8 A"):
        RAMP.check(sign * (8.0 + 1.2 * ROUNDING_A))


@pytest.mark.parametrize("sign", [1, -1])
def test_a_step_is_as_large_as_the_rate_allows_in_the_time_of_a_step(sign: int) -> None:
    RAMP.check_step(sign * 2.0, sign * 2.0 + STEP_A)
    RAMP.check_step(sign * 2.0, sign * 2.0 - STEP_A - 0.9 * ROUNDING_A)
    with pytest.raises(LimitError, match=r"A step of 0\.41 A is larger than the 0\.4 A that"):
        RAMP.check_step(sign * 2.0, sign * 2.0 + 0.41)


def test_a_coil_found_beyond_its_largest_current_may_stay_or_be_ramped_down_never_up() -> None:
    RAMP.check_step(9.0, 9.0)
    RAMP.check_step(9.0, 8.7)
    RAMP.check_step(-9.0, -8.7)
    with pytest.raises(LimitError, match=r"would need 9\.1 A"):
        RAMP.check_step(9.0, 9.1)


@pytest.mark.parametrize("current_A", [math.nan, math.inf, -math.inf])
def test_no_number_is_no_current(current_A: float) -> None:
    with pytest.raises(LimitError):
        RAMP.check(current_A)
    with pytest.raises(LimitError):
        RAMP.check_step(0.0, current_A)


@pytest.mark.parametrize(("start_A", "target_A"), [(0, 3), (3, 0), (-1, 1), (2.5, 2.5), (0, 0.1)])
def test_a_ramp_ends_at_its_target_in_the_fewest_equal_steps_allowed(
    start_A: float, target_A: float
) -> None:
    points_A = [start_A, *set_points(start_A, target_A, 8.0)]
    steps_A = [after - before for before, after in pairwise(points_A)]
    assert points_A[-1] == target_A
    assert steps_A == pytest.approx([steps_A[0]] * len(steps_A))
    assert max(map(abs, steps_A)) <= STEP_A * (1 + 1e-9)
    assert len(steps_A) == max(1, math.ceil(abs(target_A - start_A) / STEP_A - 1e-6))
