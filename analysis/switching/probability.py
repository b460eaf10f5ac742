"""Switching probability against amplitude, counted from repeated trials, and its sigmoid.

A trial is a cycle of equal pulses that begins at a reading without a pulse: it has switched if the
reading after its n-th pulse is on the other side of a threshold than the reading before. The
interval of each probability is exact for independent trials. The sigmoid is

    P(V) = Φ((V − V_50)/σ),

thresholds that are normal with mean V_50 and standard deviation σ from trial to trial, fitted by
maximum likelihood (Fisher scoring). Intervals: Fieller's for V_50, that of the slope for σ. Whether
it fits is decided by the deviance, against that of `SIMULATED` runs drawn from the fit itself: with
few trials it isn't χ². Source: Finney, Probit Analysis (1971), ch. 3 and 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import log_ndtr, ndtr, xlogy

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import Z, proportion_ci, ratio_ci
from ..levels.find import Level
from ..run_points import READ_COLUMNS, require, unmarked

SIMULATED = 300
SCORINGS = 60
HALVINGS = 12
LEAST_P = 0.01  # a sigmoid that is right is called wrong once in a hundred runs
MANY = 1e9  # degrees of freedom of a normal estimator


@dataclass(frozen=True, slots=True)
class SwitchingProbability:
    """Trials at one amplitude (V): `switched` of `trials` within `pulses` pulses, of `width_s` each
    (NaN if unknown). `unprepared` trials began on the other side of the threshold and don't count.
    """

    amplitude_V: float
    width_s: float
    pulses: int
    trials: int
    switched: int
    unprepared: int
    probability: Estimate


@dataclass(frozen=True, slots=True)
class Sigmoid:
    """P(V) = Φ((V − V_50)/σ), with `p_value` the share of runs like it that fit no better."""

    voltage_V: Estimate
    sigma_V: Estimate
    p_value: float

    @property
    def fits(self) -> bool:
        return self.p_value >= LEAST_P

    def probability(self, amplitude_V: Floats) -> Floats:
        """Return P at amplitudes (n,) in V."""
        return np.asarray(ndtr((amplitude_V - self.voltage_V.value) / self.sigma_V.value))


def threshold_between(levels: Sequence[Level], upper: int = 0) -> float:
    """Return the resistance (ohm) as many σ below level `upper` as above the one after it."""
    if upper + 1 >= len(levels):
        raise AnalysisError(
            f"There is no level below level {upper}, so no threshold between them: state "
            "threshold_ohm, or use larger pulses."
        )
    high, low = levels[upper], levels[upper + 1]
    total = high.std_ohm + low.std_ohm
    share = low.std_ohm / total if total > 0 else 0.5
    return low.mean_ohm + share * (high.mean_ohm - low.mean_ohm)


def has_trials(points: pd.DataFrame) -> bool:
    """Return True for cycles of equal positive pulses, of two amplitudes or more."""
    written = points[points["amplitude_V"] > 0]
    amplitudes = written.groupby("cycle")["amplitude_V"].agg(["min", "max"])
    return bool((amplitudes["min"] == amplitudes["max"]).all() and amplitudes["min"].nunique() > 1)


def switching_probability(
    points: pd.DataFrame, threshold_ohm: float, pulses: int = 1
) -> tuple[SwitchingProbability, ...]:
    """Return the share of trials that `pulses` pulses switched, for each amplitude and width.

    Raises AnalysisError if pulses of a trial differ, if no trial begins with a reading, or if none
    has so many pulses.
    """
    trials = _trials(points, pulses)
    before, after = (
        trials[name].to_numpy(dtype=float) > threshold_ohm for name in ("before_ohm", "after_ohm")
    )
    from_high = bool(np.count_nonzero(before) * 2 >= len(before))
    trials = trials.assign(prepared=before == from_high, switched=after != before)
    found = []
    groups = trials.groupby(["amplitude_V", "width_s"], dropna=False, sort=True)
    for _, group in groups:
        counted = group[group["prepared"]]
        hits, count = int(counted["switched"].sum()), len(counted)
        found.append(
            SwitchingProbability(
                float(group["amplitude_V"].iloc[0]),
                float(group["width_s"].iloc[0]),
                pulses,
                count,
                hits,
                len(group) - count,
                proportion_ci(hits, count),
            )
        )
    return tuple(found)


def fit_sigmoid(found: Sequence[SwitchingProbability], seed: int = 0) -> Sigmoid:
    """Fit the sigmoid to probabilities at one width; read `fits` before you use it.

    Raises AnalysisError where the trials don't determine one: fewer than three amplitudes, fewer
    than two between never and always, or a probability that does not surely rise.
    """
    counted = [each for each in found if each.trials]
    voltage_V = np.array([each.amplitude_V for each in counted])
    trials = np.array([each.trials for each in counted], dtype=float)
    hits = np.array([each.switched for each in counted], dtype=float)
    _check_determined(voltage_V, hits, trials)
    middle_V, unit_V = float(voltage_V.mean()), float(voltage_V.std())
    x = (voltage_V - middle_V) / unit_V
    (beta,), (information,) = _fitted(x, hits[None], trials)
    covariance = np.linalg.inv(information)
    half_width = Z * float(np.sqrt(covariance[1, 1]))
    steepest, flattest = float(beta[1]) + half_width, float(beta[1]) - half_width
    if flattest <= 0:
        raise AnalysisError(
            "The probability does not surely rise with the amplitude, so no sigmoid is fitted: "
            "check the threshold, and that each trial begins at the same state, or add trials."
        )
    flipped = covariance * np.array([[1.0, -1.0], [-1.0, 1.0]])  # of −β0 and β1
    centre = ratio_ci(-float(beta[0]), float(beta[1]), flipped, MANY)
    return Sigmoid(
        Estimate(*(middle_V + unit_V * end for end in (centre.value, centre.low, centre.high))),
        Estimate(unit_V / float(beta[1]), unit_V / steepest, unit_V / flattest),
        _p_value(x, hits, trials, beta, np.random.default_rng(seed)),
    )


def _trials(points: pd.DataFrame, pulses: int) -> pd.DataFrame:
    """Return a row per trial: amplitude, width, and the readings before and after its pulses."""
    require(points, READ_COLUMNS)
    columns = ["cycle", "phase", "amplitude_V", "pulse_width_s", "resistance_ohm"]
    points = unmarked(points).reindex(columns=columns).reset_index(drop=True)
    fired = points[(points["amplitude_V"] > 0) & (points["phase"] != Phase.RESET)]
    quiet = points[points["amplitude_V"].isna() & points["resistance_ohm"].notna()]
    by_cycle = fired.groupby("cycle", sort=True)
    begun = quiet["cycle"].map(fired.index.to_series().groupby(fired["cycle"]).first())
    quiet = quiet[quiet.index < begun]  # a reading may be repeated after the pulses
    extent = by_cycle[["amplitude_V", "pulse_width_s"]].agg(["min", "max"])
    for name in ("amplitude_V", "pulse_width_s"):
        if (extent[name]["min"] < extent[name]["max"]).any():
            raise AnalysisError(
                "The pulses of a trial differ, so they have no switching probability of their own: "
                "analyse a pulse-train or switching-probability run."
            )
    table = pd.DataFrame(
        {
            "amplitude_V": extent["amplitude_V"]["min"],
            "width_s": extent["pulse_width_s"]["min"],
            "before_ohm": quiet.groupby("cycle")["resistance_ohm"].last(),
            "after_ohm": fired[by_cycle.cumcount() == pulses - 1].set_index("cycle")[
                "resistance_ohm"
            ],
        }
    ).dropna(subset=["amplitude_V", "before_ohm", "after_ohm"])
    if table.empty:
        raise AnalysisError(
            f"No trial of this run has a reading before its pulses and one after pulse {pulses}: "
            "analyse a pulse-train or switching-probability run, with fewer pulses."
        )
    return table


def _check_determined(voltage_V: Floats, hits: Floats, trials: Floats) -> None:
    if len(voltage_V) < 3:
        raise AnalysisError("A sigmoid needs trials at three amplitudes or more.")
    if not 0 < hits.sum() < trials.sum():
        ends = "No trial" if hits.sum() == 0 else "Every trial"
        larger = "larger" if hits.sum() == 0 else "smaller"
        raise AnalysisError(f"{ends} switched, so no sigmoid is fitted: add {larger} amplitudes.")
    never = voltage_V[hits < trials].max()
    always = voltage_V[hits > 0].min()
    if never <= always:
        between = "one amplitude" if never == always else "no amplitude"
        raise AnalysisError(
            f"The probability goes from 0 to 1 with {between} in between, near {always:g} V, so no "
            "sigmoid is fitted: use smaller steps there."
        )


def _fitted(x: Floats, hits: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Return β (s, 2) and its information (s, 2, 2) of P = Φ(β0 + β1 x), for s runs at once.

    `hits` has shape (s, n), `x` and `trials` (n,). The likelihood has one maximum; steps that miss
    it are halved. Where a run does not determine β, it ends far out on the likelihood's ridge.
    """
    design, missed = np.column_stack([np.ones_like(x), x]), trials - hits
    beta = np.tile([0.0, 1.0], (len(hits), 1))
    for _ in range(SCORINGS):
        eta = beta @ design.T
        above, below = _inverse_mills(eta), _inverse_mills(-eta)
        information = np.einsum("sn,ni,nj->sij", trials * above * below, design, design)
        information += 1e-9 * np.eye(2)
        score = (hits * above - missed * below) @ design
        step = np.linalg.solve(information, score[..., None])[..., 0]
        longest = np.maximum(np.abs(step).max(axis=1), 1e-300)  # a run that has converged: 0
        step *= np.minimum(1.0, (1 + np.abs(beta).max(axis=1)) / longest)[:, None]
        reached = _log_likelihood(x, hits, missed, beta)
        for _ in range(HALVINGS):
            worse = _log_likelihood(x, hits, missed, beta + step) < reached
            step[worse] /= 2
        beta = beta + step
        if np.abs(step).max() < 1e-8:
            break
    return beta, information


def _inverse_mills(eta: Floats) -> Floats:
    """Return φ/Φ."""
    return np.asarray(np.exp(-(eta**2) / 2 - log_ndtr(eta)) / np.sqrt(2 * np.pi))


def _log_likelihood(x: Floats, hits: Floats, missed: Floats, beta: Floats) -> Floats:
    eta = beta[:, :1] + beta[:, 1:] * x
    return np.asarray((hits * log_ndtr(eta) + missed * log_ndtr(-eta)).sum(axis=1))


def _deviance(x: Floats, hits: Floats, trials: Floats, beta: Floats) -> Floats:
    """Return twice the lack of likelihood (s,) against a probability of its own per amplitude."""
    missed = trials - hits
    saturated = (xlogy(hits, hits / trials) + xlogy(missed, missed / trials)).sum(axis=1)
    return np.asarray(2 * (saturated - _log_likelihood(x, hits, missed, beta)))


def _p_value(
    x: Floats, hits: Floats, trials: Floats, beta: Floats, rng: np.random.Generator
) -> float:
    """Return the share of runs drawn from the fit, this one included, that fit no better."""
    probability = ndtr(beta[0] + beta[1] * x)
    drawn = rng.binomial(trials.astype(int), probability, (SIMULATED, len(x))).astype(float)
    refitted, _ = _fitted(x, drawn, trials)
    simulated = _deviance(x, drawn, trials, refitted)
    measured = float(_deviance(x, hits[None], trials, beta[None])[0])
    return float((1 + np.count_nonzero(simulated >= measured - 1e-9)) / (1 + SIMULATED))
