"""The law is refused for two thresholds and holds where it is true."""

import numpy as np
import pytest
from scipy.special import ndtr

from dwmtj.thresholds.choice import next_amplitude_V
from dwmtj.thresholds.law import law_p_value
from dwmtj.thresholds.posterior import Posterior, Prior


def measured(seed: int, trials: int, apart_V: float = 0.0) -> Posterior:
    """Trials of two equally frequent thresholds `apart_V` about 1.2 V, each with σ = 0.05 V."""
    rng = np.random.default_rng(seed)
    posterior = Posterior(Prior(0.5, 2.0, 0.05))
    for _ in range(trials):
        amplitude_V = next_amplitude_V(posterior)
        z = (amplitude_V - 1.2 + apart_V / 2 * np.array([1, -1])) / 0.05
        posterior.add(amplitude_V, bool(rng.random() < ndtr(z).mean()))
    return posterior


def test_two_thresholds_far_apart_are_refused_and_one_is_not() -> None:
    """12 σ apart; the seeds are fixed."""
    assert law_p_value(measured(1, 150, apart_V=0.6)) < 0.05
    assert law_p_value(measured(2, 150)) > 0.05


def test_few_trials_have_no_p_value() -> None:
    assert np.isnan(law_p_value(measured(5, 19)))
    assert law_p_value(measured(5, 20)) == pytest.approx(law_p_value(measured(5, 20)))
