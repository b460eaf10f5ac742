"""A sweep of the read current keeps to the limits and leaves the state as it is."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.figures import panels_of
from dwmtj.instruments import Bench, BenchFile, LimitError, open_bench
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.catalogue import make_protocol

SWEEP: dict[str, float | str] = {"read_current_A": 25e-6, "current_step_A": 10e-6}


def test_the_current_goes_up_through_zero_and_back(bench: Bench, rig: Any) -> None:
    points = list(make_protocol("iv", {**SWEEP, "cycles": 2}).steps(bench))
    half = [1e-5, 2e-5, 2.5e-5, 2e-5, 1e-5]
    sweep = [*half, *(-current_A for current_A in half)]
    assert [call[1] for call in rig.calls if call[0] == "arm"] == pytest.approx(2 * sweep)
    assert [call for call in rig.calls if call[0] in ("fire", "field")] == [("field", -0.004)]
    assert [point.cycle for point in points] == 10 * [0] + 10 * [1]


@pytest.mark.parametrize(
    ("parameters", "error", "told"),
    [
        ({"read_current_A": 0.05}, LimitError, "read_current_A"),
        ({"read_current_A": 1e-6}, ProtocolError, "below its start"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused(
    parameters: dict[str, float | str], error: type[Exception], told: str, bench: Bench, rig: Any
) -> None:
    with pytest.raises(error, match=told):
        make_protocol("iv", parameters).check(bench)
    assert rig.calls == []


def test_the_resistance_of_the_antiparallel_junction_falls_with_the_bias(
    virtual: Callable[..., BenchFile],
) -> None:
    sweep: dict[str, float | str] = {"read_current_A": 1e-3, "current_step_A": 1e-4}
    bench_file = virtual()
    limits = bench_file.limits.model_copy(update={"read_current_A": 1e-3})
    with open_bench(bench_file.model_copy(update={"limits": limits})) as bench:
        points = list(make_protocol("iv", sweep).steps(bench))
    names = ("cycle", "phase", "amplitude_V", "voltage_V", "current_A", "resistance_ohm")
    table = pd.DataFrame([{name: getattr(point, name) for name in names} for point in points])
    current_A = table["current_A"].to_numpy(dtype=float)
    resistance_ohm = table["resistance_ohm"].to_numpy(dtype=float)
    small, large = np.abs(current_A) < 1.5e-4, np.abs(current_A) > 9e-4
    assert resistance_ohm[large].mean() < resistance_ohm[small].mean() - 0.1
    assert (np.sign(table["voltage_V"]) == np.sign(current_A)).all()
    panels = {panel.name: panel for panel in panels_of(table).drawn}
    assert set(panels) == {"iv", "bias"}
    assert len(panels["iv"].data) == len(panels["bias"].data) == len(points)


def test_a_read_current_of_zero_is_refused_by_every_protocol(bench: Bench, rig: Any) -> None:
    for name in ("saturate", "staircase-write", "read-series"):
        with pytest.raises(ProtocolError, match="read current is 0 A"):
            make_protocol(name, {"read_current_A": 0.0}).check(bench)
    assert rig.calls == []
