"""TMR, coercive field and offset are recovered from loops whose truth is known."""

import numpy as np
import pandas as pd
import pytest

from analysis import AnalysisError, measure_minor_loop


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
    assert measured.switching_down_T == pytest.approx(-0.049, abs=0.001)
    assert measured.switching_up_T == pytest.approx(0.041, abs=0.001)
    assert measured.offset_T == pytest.approx(-0.004, abs=0.001)
    assert measured.coercive_field_T == pytest.approx(0.045, abs=0.001)
    assert measured.resistance_area_ohm_m2(0.924e-12) == pytest.approx(60.06e-12)


def test_a_loop_that_never_switches_is_said_to_be_too_small() -> None:
    with pytest.raises(AnalysisError, match="larger field"):
        measure_minor_loop(loop(-1, 1, 65.0, 100.0, 1))


def test_a_handful_of_points_is_no_loop() -> None:
    with pytest.raises(AnalysisError, match="at least 10 points"):
        measure_minor_loop(loop(-0.04, 0.04, 65.0, 100.0, 1).head(5))
