"""No result is what a junction cannot be."""

import pytest

from dwmtj.analysis import AnalysisError, Estimate, fit_metaplasticity
from dwmtj.analysis.physical import cut_at_zero, require_falling


def test_a_ratio_of_widths_below_zero_is_no_result() -> None:
    voltages = [Estimate(value, value - 0.1, value + 0.1) for value in (-0.5, 0.4, 1.3)]
    with pytest.raises(AnalysisError, match=r"w1/w2 comes out as .*impossible"):
        fit_metaplasticity([0.0, 0.5, 1.0], voltages)


def test_an_interval_ends_at_zero() -> None:
    assert cut_at_zero(Estimate(1.0, -0.5, 2.5)) == Estimate(1.0, 0.0, 2.5)


def test_levels_that_overlap_are_not_reported_as_levels() -> None:
    with pytest.raises(AnalysisError, match="cannot be told apart"):
        require_falling([100.0, 80.0, 80.0])
