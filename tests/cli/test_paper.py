"""The spread that a measured number is held to."""

import pytest

from dwmtj.cli.demo.paper import range_deviation


@pytest.mark.parametrize(
    ("count", "d2", "d3"),
    [(2, 1.1284, 0.8525), (3, 1.6926, 0.8884), (12, 3.2584, 0.7785), (25, 3.9306, 0.7084)],
)
def test_the_range_deviation_is_that_of_the_control_chart_tables(
    count: int, d2: float, d3: float
) -> None:
    assert range_deviation(count) == pytest.approx(d3 / d2, rel=1e-3)
