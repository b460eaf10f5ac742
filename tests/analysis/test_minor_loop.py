"""TMR, coercive field and offset are recovered from loops whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, measure_minor_loop


def loop(down_T: float, up_T: float, low: float, high: float, sign: int) -> pd.DataFrame:
    up_sweep = np.linspace(-0.08, 0.08, 81)
    field = np.concatenate([up_sweep[::-1], up_sweep[1:]])
    state = np.concatenate([up_sweep[::-1] > down_T, up_sweep[1:] > up_T])
    resistance = np.where(state == (sign > 0), high, low)
    return pd.DataFrame({"phase": "loop", "field_T": field, "resistance_ohm": resistance})


@pytest.mark.parametrize("sign", [1, -1])
def test_a_loop_gives_its_resistances_and_fields_whichever_field_is_antiparallel(sign: int) -> None:
    measured = measure_minor_loop(loop(-0.049, 0.041, 65.0, 100.0, sign))
    assert measured.tmr == pytest.approx(35 / 65)
    assert measured.range_ohm == pytest.approx(35)
    assert measured.down_T.value == pytest.approx(-0.049, abs=0.001)
    assert measured.up_T.value == pytest.approx(0.041, abs=0.001)
    assert measured.offset_T == pytest.approx(-0.004, abs=0.001)
    assert measured.coercive_field_T == pytest.approx(0.045, abs=0.001)
    assert measured.resistance_area_ohm_m2(0.924e-12) == pytest.approx(60.06e-12)


def test_a_loop_that_never_switches_is_said_to_be_too_small() -> None:
    with pytest.raises(AnalysisError, match="larger field"):
        measure_minor_loop(loop(-1, 1, 65.0, 100.0, 1))


def test_a_handful_of_points_is_no_loop() -> None:
    with pytest.raises(AnalysisError, match="at least 10 points"):
        measure_minor_loop(loop(-0.04, 0.04, 65.0, 100.0, 1).head(5))


@pytest.mark.parametrize("step_T", [0.001, 0.004])
def test_a_switching_field_lies_in_its_step(step_T: float) -> None:
    """300 loops; fewer than 91 % or more than 98.5 % covered at true 95 %: 5e-3."""
    rng = np.random.default_rng(1)
    covered = []
    for _ in range(300):
        down, up = rng.uniform(-0.055, -0.045), rng.uniform(0.035, 0.045)
        sweep = np.arange(-0.08, 0.0801, step_T)
        field = np.concatenate([sweep[::-1], sweep[1:]])
        state = np.concatenate([sweep[::-1] > down, sweep[1:] > up])
        resistance = np.where(state, 100.0, 65.0) + rng.normal(0, 0.05, len(field))
        measured = measure_minor_loop(
            pd.DataFrame({"phase": "loop", "field_T": field, "resistance_ohm": resistance})
        )
        covered.append(
            (
                down in measured.down_T,
                (down + up) / 2 in measured.offset,
                (up - down) / 2 in measured.coercive_field,
                35 / 65 in measured.tmr_ratio,
            )
        )
        assert measured.reference_layer_stays
    shares = np.mean(covered, axis=0)
    assert (shares >= 0.91).all()
    assert (shares <= 0.985).all()


def test_a_reference_layer_that_moves_is_seen() -> None:
    moved = loop(-0.049, 0.041, 65.0, 100.0, 1)
    moved.loc[moved.index[:6], "resistance_ohm"] -= 20
    measured = measure_minor_loop(moved)
    assert not measured.reference_layer_stays


def test_a_run_of_another_protocol_is_no_loop() -> None:
    other = loop(-0.04, 0.04, 65.0, 100.0, 1).assign(phase="write")
    with pytest.raises(AnalysisError, match="minor-loop run"):
        measure_minor_loop(other)


def test_half_a_loop_of_an_aborted_run_is_said() -> None:
    whole = loop(-0.04, 0.04, 65.0, 100.0, 1)
    with pytest.raises(AnalysisError, match="both signs"):
        measure_minor_loop(whole.head(30))


def test_a_missing_reading_is_said() -> None:
    broken = loop(-0.04, 0.04, 65.0, 100.0, 1)
    broken.loc[3, "resistance_ohm"] = np.nan
    with pytest.raises(AnalysisError, match="not numbers"):
        measure_minor_loop(broken)
