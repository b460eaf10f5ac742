"""Published devices as state models: their numbers are those that the sources state."""

import numpy as np
import pytest

from dwmtj.analysis.errors import AnalysisError
from dwmtj.analysis.state_model import find_model, model_json, most_likely, parse_model
from dwmtj.analysis.state_model.presets import PRESETS
from dwmtj.analysis.state_model.transitions import leaving_voltage


def levels_uS(name: str) -> tuple[np.ndarray, np.ndarray]:
    model = find_model(f"preset:{name}")
    stds = [level.conductance_std_S or 0.0 for level in model.levels]
    return 1e6 * np.array([level.conductance_S for level in model.levels]), 1e6 * np.array(stds)


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_a_model_with_its_source_and_range(preset: object) -> None:
    name = getattr(preset, "name", "")
    model = find_model(f"preset:{name}")
    assert parse_model(model_json(model)) == model
    assert getattr(preset, "source", "") in model.remarks[0]
    assert getattr(preset, "validity", "") in model.remarks[0]


def test_the_papers_levels_are_those_it_prints() -> None:
    straight, trapezoid = (
        find_model("preset:dw-mtj-straight"),
        find_model("preset:dw-mtj-trapezoid"),
    )
    printed = [
        (level.resistance_ohm.value, level.cycle_std_ohm and level.cycle_std_ohm.value)
        for level in (*straight.levels, *trapezoid.levels[1:])
    ]
    assert printed == [
        (1061.0, 1.1),
        (1043.3, 2.6),
        (989.0, 2.1),
        (929.5, 0.8),
        (913.1, 0.4),
        (93.3, 1.1),
        (76.1, 0.4),
        (67.1, 0.3),
    ]
    assert [level.visits for level in trapezoid.levels] == [13] * 4


def test_the_trapezoid_is_written_level_by_level_and_reset_in_one_step() -> None:
    device, rng = most_likely(find_model("preset:dw-mtj-trapezoid")), np.random.default_rng(1)
    targets = np.arange(4)
    assert (device.program(targets, rng) == targets).all()
    model = find_model("preset:dw-mtj-trapezoid")
    left = [leaving_voltage(model.pulses[0], level) for level in (1, 2)]
    left.append(leaving_voltage(model.pulses[1], 3))
    assert [found and round(found[0].value, 3) for found in left] == [3.0, 3.5, 3.7]
    assert device.pulse(np.full(5, 3), -3.725, rng).tolist() == [0] * 5


def test_fitted_scatters_are_those_of_the_sources() -> None:
    """Values that the sources' figures show: Joshi's Fig. 3b, Milo's Fig. 4, Wan's Ext. Fig. 3."""
    conductance, joshi = levels_uS("pcm-joshi")
    _, nandakumar = levels_uS("pcm-nandakumar")
    assert conductance[[0, -1]] == pytest.approx([0.25, 25.0])
    assert joshi[-1] == pytest.approx(1.066, abs=0.001)
    assert nandakumar == pytest.approx(joshi, abs=0.035)  # fits to the same kind of device
    conductance, milo = levels_uS("rram-milo")
    assert np.interp(100.0, conductance, milo) == pytest.approx(3.872, abs=0.001)
    conductance, wan = levels_uS("rram-wan")
    assert wan.max() == pytest.approx(2.55, abs=0.05)
    conductance, sonos = levels_uS("sonos-agrawal")
    assert sonos[-1] == pytest.approx(0.1988, abs=0.001)  # 19.9 nA at 0.1 V


def test_an_unknown_preset_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(AnalysisError, match="dw-mtj-trapezoid, dw-mtj-straight, pcm-joshi"):
        find_model("preset:aihwkit-ecram")
