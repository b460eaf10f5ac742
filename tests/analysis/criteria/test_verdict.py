"""Each answer is given when it is due, and says what would decide an open one."""

from math import inf, nan, sqrt

import numpy as np
import pytest

from dwmtj.analysis import Estimate
from dwmtj.analysis.criteria.criterion import Criterion
from dwmtj.analysis.criteria.measured import Measured
from dwmtj.analysis.criteria.verdict import Answer, judge
from dwmtj.analysis.intervals import mean_ci, proportion_ci, rate_ci


def within(minimum: float, maximum: float) -> Criterion:
    return Criterion("level resistance", minimum, maximum, required="", shown_unit="Ω")


@pytest.mark.parametrize(
    ("low", "high", "answer"),
    [
        (9.0, 11.0, Answer.YES),
        (9.5, 10.5, Answer.YES),
        (8.9, 10.0, Answer.NOT_DECIDED),
        (10.0, 11.1, Answer.NOT_DECIDED),
        (8.0, 12.0, Answer.NOT_DECIDED),
        (11.0, 12.0, Answer.NOT_DECIDED),
        (11.1, 12.0, Answer.NO),
        (8.0, 8.9, Answer.NO),
        (-inf, inf, Answer.NOT_DECIDED),
    ],
)
def test_the_whole_interval_decides_and_the_limits_belong_to_the_range(
    low: float, high: float, answer: Answer
) -> None:
    value = (low + high) / 2 if high < inf else 10.0
    assert judge(Measured(Estimate(value, low, high)), within(9.0, 11.0)).answer is answer


def test_a_range_open_at_one_end_is_decided_by_the_other() -> None:
    assert judge(Measured(Estimate(5, 4, inf)), within(3, inf)).answer is Answer.YES
    assert judge(Measured(Estimate(5, 4, inf)), within(4.5, inf)).answer is Answer.NOT_DECIDED
    assert judge(Measured(Estimate(5, -inf, 6)), within(7, inf)).answer is Answer.NO


def test_what_the_run_does_not_determine_is_not_measured() -> None:
    assert judge(Measured(Estimate(nan, -inf, inf)), within(0, 1)).answer is Answer.NOT_MEASURED


def more_cycles(measured: Measured, criterion: Criterion) -> int:
    verdict = judge(measured, criterion)
    assert verdict.answer is Answer.NOT_DECIDED
    words = verdict.remark.split()
    assert words[0] == "about", verdict.remark
    return int(words[1])


def test_as_many_more_cycles_as_are_named_decide_and_no_fewer() -> None:
    """Values of one mean and scatter: the named number of them decides, two fewer do not."""
    pattern = np.array([-1.0, 1.0])
    criterion = within(9.5, 11.0)

    def measured(count: int) -> Measured:
        values = 10.0 + np.resize(pattern, count) * sqrt((count - 1) / count)
        return Measured(mean_ci(values), count, count)

    more = more_cycles(measured(8), criterion)
    assert judge(measured(8 + more + more % 2), criterion).answer is Answer.YES
    assert judge(measured(8 + more - more % 2 - 2), criterion).answer is Answer.NOT_DECIDED


def test_a_share_needs_as_many_more_trials_as_its_own_interval_says() -> None:
    criterion = within(0.0, 0.05)
    none_of_13 = Measured(proportion_ci(0, 13), 13, 13, share=True)
    more = more_cycles(none_of_13, criterion)
    assert proportion_ci(0, 13 + more).high <= 0.05 < proportion_ci(0, 12 + more).high


def test_visits_of_some_cycles_only_are_counted_in_cycles() -> None:
    estimate = mean_ci(np.array([9.0, 10.0, 11.0, 10.0]))
    every_cycle = more_cycles(Measured(estimate, 4, 4), within(9.5, 10.6))
    every_third = more_cycles(Measured(estimate, 4, 12), within(9.5, 10.6))
    assert every_third == 3 * every_cycle


@pytest.mark.parametrize(
    ("measured", "remark"),
    [
        (Measured(Estimate(10, -inf, inf), 1, 5), "one value has no interval"),
        (Measured(Estimate(10, -inf, inf), 2, 5), "interval is unbounded"),
        (Measured(Estimate(11, 10, 12), 20, 20), "too close to the limit"),
        (Measured(Estimate(10, 8, 12), remedy="sweep finer"), "sweep finer"),
    ],
)
def test_where_no_number_can_be_named_the_reason_is(measured: Measured, remark: str) -> None:
    verdict = judge(measured, within(9, 11))
    assert verdict.answer is Answer.NOT_DECIDED
    assert remark in verdict.remark


def test_a_lifetime_without_an_escape_needs_the_time_that_bounds_it() -> None:
    def measured(time_s: float) -> Measured:
        rate = rate_ci(0, time_s)
        return Measured(Estimate(inf, 1 / rate.high, inf), observed_s=time_s)

    verdict = judge(measured(100.0), within(1000.0, inf))
    assert verdict.remark == "watching for 60 min more decides, if nothing escapes"
    assert judge(measured(100.0 + 3580.0), within(1000.0, inf)).answer is Answer.NOT_DECIDED
    assert judge(measured(100.0 + 3600.0), within(1000.0, inf)).answer is Answer.YES
