"""Field sweeps: the major loop reaches saturation on both sides, in finer steps near zero."""

import numpy as np
import pytest

from dwmtj.analysis import measure_minor_loop
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols import MajorLoop, ProtocolError, make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Store


def test_the_major_loop_visits_both_ends_once_with_fine_steps_between() -> None:
    loop = make_protocol("major-loop", {"largest_field_T": 0.1, "fine_field_T": 0.01})
    assert isinstance(loop, MajorLoop)
    fields_T = np.array(loop.fields_T())
    assert fields_T[0] == fields_T[-1] == 0.1 and fields_T.min() == -0.1
    assert (fields_T == -0.1).sum() == 1
    steps_T = np.abs(np.diff(fields_T))
    inside = np.maximum(np.abs(fields_T[1:]), np.abs(fields_T[:-1])) <= 0.01 + 1e-12
    assert steps_T[inside] == pytest.approx(0.002)
    assert steps_T[~inside] == pytest.approx(0.005)
    down = fields_T[: fields_T.argmin() + 1]
    assert down == pytest.approx(-np.sort(-down)) and down == pytest.approx(-down[::-1])


def test_without_a_fine_field_all_steps_are_equal() -> None:
    loop = make_protocol("major-loop", {"fine_field_T": 0, "step_T": 0.01})
    assert isinstance(loop, MajorLoop)
    assert np.abs(np.diff(loop.fields_T())) == pytest.approx(0.01)


def test_a_fine_field_beyond_the_largest_is_refused() -> None:
    with pytest.raises(ProtocolError, match=r"stops at 0\.05, below its start at 0\.07"):
        make_protocol("major-loop", {"largest_field_T": 0.05})


@pytest.mark.parametrize("largest_field_T", [0, -0.05])
def test_a_loop_without_a_field_is_refused(largest_field_T: float) -> None:
    with pytest.raises(ProtocolError, match="must be above 0"):
        make_protocol("minor-loop", {"largest_field_T": largest_field_T})


def test_a_major_loop_on_the_virtual_bench_is_analysed(tmp_path: object) -> None:
    """The reference layer of the virtual device never switches, which the analysis finds."""
    bench_file = load_bench_file("virtual-trapezoid")
    bench_file = bench_file.model_copy(
        update={"visa_library": "trapezoid?seed=2&name=major-loop@dwmtj"}
    )
    with open_bench(bench_file) as bench, Store.open(f"{tmp_path}/lab.sqlite") as store:
        outcome = run(make_protocol("major-loop"), bench, store)
        points = store.points(outcome.run_id)
    assert points["field_T"].max() > 0.115 and points["field_T"].min() < -0.115
    found = measure_minor_loop(points)
    assert found.reference_layer_stays and not found.is_major
    assert 0.54 in found.tmr_ratio or found.tmr_ratio.value == pytest.approx(0.54, abs=0.02)
