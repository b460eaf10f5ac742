"""The transfer curve of a neuron."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    MicromagneticsError,
    NeuronPulse,
    Track,
    cells_of,
    transfer_curve,
)
from dwmtj.simulators.micromagnetics.neuron import covered_share
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory
from dwmtj.tests.simulators.micromagnetics.films import neuron
from dwmtj.tests.simulators.micromagnetics.test_thresholds import quiet

PULSE = NeuronPulse(80e-9, 3e-9, (128e-9, 384e-9))
ACCURACY = Accuracy(stray_interval_s=2e-12, window_m=320e-9)
PUBLISHED = (1.1176, -0.0081, -0.1600, 0.0506)
"""c1 to c4 in the project's network of neurons, from 2 nm cells and another program."""


def test_the_paper_s_neuron_has_the_curve_that_the_networks_use() -> None:
    """4 nm cells here; 0.10 to 0.45e12 A/m², α = 0.1, θ = 0.08."""
    film = neuron(damping=0.1, spin_hall_angle=0.08)
    memory = ProcessMemory()
    currents = [0.1e12, 0.2e12, 0.275e12, 0.35e12, 0.45e12]
    curve = transfer_curve(film, PULSE, currents, ACCURACY, memory, quiet)
    current_norm, conductance_norm = curve.normalised
    published = sum(c * current_norm**power for power, c in enumerate(PUBLISHED, start=1))
    np.testing.assert_allclose(conductance_norm, published, atol=0.005)
    np.testing.assert_allclose(curve.fitted(current_norm), conductance_norm, atol=1e-3)
    expected = (curve.position_m - 128e-9) / 256e-9
    np.testing.assert_allclose(curve.conductance, expected, atol=1e-9)

    def computes(_what: str, _runs: int) -> None:
        raise AssertionError("computed again")

    again = transfer_curve(film, PULSE, currents, ACCURACY, memory, computes)
    assert again.coefficients == curve.coefficients


def test_the_covered_share_of_a_taper_is_that_of_its_area() -> None:
    cells = cells_of(Track(200e-9, 20e-9, 2e-9, end_width_m=60e-9), 5e-9)
    share = covered_share(cells, (0.0, 200e-9), np.array([-1.0, 0.0, 100e-9, 200e-9, 1.0]))
    assert share == pytest.approx([0, 0, 3 / 8, 1, 1])


def test_what_gives_no_curve_is_refused() -> None:
    film, memory = neuron(damping=0.1, spin_hall_angle=0.08), ProcessMemory()
    with pytest.raises(MicromagneticsError, match="at least 5 currents"):
        transfer_curve(film, PULSE, [1e11, 2e11, 2e11, 3e11, 4e11], ACCURACY, memory, quiet)
    outside = replace(PULSE, start_m=600e-9)
    with pytest.raises(MicromagneticsError, match="outside the track"):
        transfer_curve(film, outside, [1e11 * k for k in range(1, 6)], ACCURACY, memory, quiet)
    beyond = replace(PULSE, detector_m=(128e-9, 2e-6))
    with pytest.raises(MicromagneticsError, match="detector ends at 2000 nm, beyond the track"):
        beyond.check_on(film)
    short = replace(PULSE, duration_s=0.1e-9)
    with pytest.raises(
        MicromagneticsError, match=r"leaves the wall at 8\d nm, outside the detector"
    ):
        transfer_curve(film, short, [1e11 * k for k in range(1, 6)], ACCURACY, memory, quiet)
    with pytest.raises(MicromagneticsError, match="detector must start"):
        NeuronPulse(80e-9, 3e-9, (384e-9, 128e-9))
