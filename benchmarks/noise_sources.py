"""How often the source of a series' noise is recognised, and how often its numbers are right.

Every kind of noise, and mixtures, drawn from known parameters; which model the analysis chooses,
whether its tests accept it, and whether the 95 % intervals contain the truth.
`noise_sources.py 50` draws 50 series of each.
"""

import os
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from rich.progress import track

from dwmtj.analysis import Estimate
from dwmtj.analysis.noise.sources import NoiseSources, identify_noise
from dwmtj.arrays import Floats
from dwmtj.benchmarks._noise_series import drift, flicker, readings, telegraph

SERIES, COUNT, INTERVAL_S, SIGMA = 200, 1000, 0.1, 2e-4
LEAST_COVERED = 0.8

Draw = Callable[[np.random.Generator], Floats]
Found = tuple[str, bool, dict[str, bool]]  # the chosen model, whether it fits, what it covers


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of noise: what the analysis should call it, and its true numbers."""

    name: str
    model: str
    draw: Draw
    truth: Mapping[str, float] = field(default_factory=dict)


def white(rng: np.random.Generator) -> Floats:
    return SIGMA * rng.normal(size=COUNT)


def with_flicker(rng: np.random.Generator, share: float, rest: Draw = white) -> Floats:
    """Add 1/f noise whose corner with the white noise lies at `share` of the Nyquist frequency."""
    density = share / (2 * INTERVAL_S) * 2 * SIGMA**2 * INTERVAL_S
    return rest(rng) + flicker(rng, COUNT, INTERVAL_S, density)


def with_steps(
    rng: np.random.Generator, step: float, dwell: tuple[float, ...], rest: Draw = white
) -> Floats:
    """Add telegraph noise of `step` σ with mean dwell times in readings."""
    dwell_s = tuple(INTERVAL_S * readings for readings in dwell)
    return rest(rng) + SIGMA * step * telegraph(rng, COUNT, INTERVAL_S, dwell_s)


def with_drift(rng: np.random.Generator, exponent: float, rest: Draw = white) -> Floats:
    return rest(rng) + drift(COUNT, exponent)


def with_linear(rng: np.random.Generator, over: float, rest: Draw = white) -> Floats:
    """Add a drift linear in time, of `over` σ in the whole series."""
    return rest(rng) + SIGMA * over * np.linspace(0, 1, COUNT)


def one_step(rng: np.random.Generator) -> Floats:
    return white(rng) + 5 * SIGMA * (np.arange(COUNT) > 400)


def cases() -> list[Case]:
    """Return all kinds of noise."""

    def steps(step: float, dwell: tuple[float, float], rest: Draw = white) -> Draw:
        return partial(with_steps, step=step, dwell=dwell, rest=rest)

    found = [Case("white", "white", white, {"white": SIGMA})]
    for share in (0.02, 0.2, 5.0):
        density = share * SIGMA**2
        found.append(
            Case(
                f"1/f, corner at {share:g} f_N",
                "1/f",
                partial(with_flicker, share=share),
                {"flicker": density},
            )
        )
    for step, dwell in (
        (1.5, (50, 50)),
        (2, (50, 50)),
        (3, (50, 50)),
        (5, (50, 50)),
        (10, (50, 50)),
        (5, (50, 10)),
        (5, (100, 5)),
        (5, (100, 2)),
        (5, (3, 3)),
    ):
        found.append(
            Case(
                f"telegraph {step:g} σ, {dwell[0]} : {dwell[1]}",
                "telegraph",
                steps(step, dwell),
                {
                    "step": np.expm1(step * SIGMA),
                    "lower": INTERVAL_S * dwell[0],
                    "upper": INTERVAL_S * dwell[1],
                },
            )
        )
    found += [
        Case(
            f"drift ν = {exponent:g}",
            "drift",
            partial(with_drift, exponent=exponent),
            {"drift": exponent},
        )
        for exponent in (2e-5, 5e-5, 0.005, 0.02, 0.1)
    ]
    loud = partial(with_flicker, share=0.2)
    found += [
        Case(
            f"linear drift over {over:g} σ",
            "linear drift",
            partial(with_linear, over=over),
            {"linear": over * SIGMA},
        )
        for over in (0.5, 5)
    ]
    found += [
        Case(
            "telegraph 5 σ + linear drift over 5 σ",
            "telegraph + linear drift",
            partial(with_linear, over=5, rest=steps(5, (50, 50))),
            {"linear": 5 * SIGMA, "step": np.expm1(5 * SIGMA)},
        ),
        Case(
            "1/f + drift ν = 0.005",
            "1/f + drift",
            partial(with_drift, exponent=0.005, rest=loud),
            {"drift": 0.005},
        ),
        Case(
            "telegraph 5 σ + drift ν = 0.02",
            "telegraph + drift",
            partial(with_drift, exponent=0.02, rest=steps(5, (50, 50))),
            {"drift": 0.02, "step": np.expm1(5 * SIGMA)},
        ),
        Case(
            "telegraph 5 σ + 1/f",
            "telegraph + 1/f",
            steps(5, (50, 50), loud),
            {"step": np.expm1(5 * SIGMA)},
        ),
        Case("random walk", "none", lambda rng: 0.5 * SIGMA * np.cumsum(rng.normal(size=COUNT))),
        Case("three levels, 5 σ", "none", partial(with_steps, step=5, dwell=(50, 50, 50))),
        Case("one step of 5 σ", "none", one_step),
        Case("white, not normal (t, 4)", "none", lambda rng: SIGMA * rng.standard_t(4, COUNT)),
    ]
    return found


def numbers(found: NoiseSources) -> dict[str, Estimate | None]:
    """Return the estimates that truths are known of."""
    model = found.chosen
    lower, upper = model.telegraph.dwell_s if model.telegraph else (None, None)
    return {
        "white": model.fit.white_std,
        "flicker": model.fit.flicker,
        "step": model.step,
        "lower": lower,
        "upper": upper,
        "drift": model.drift_exponent,
        "linear": model.linear_drift,
    }


def analysed(case: int, seed: int) -> Found:
    """Return the chosen model of a series, whether it fits, and which truths it covers."""
    kind = cases()[case]
    found = identify_noise(readings(kind.draw(np.random.default_rng([case, seed])), INTERVAL_S))
    estimates = numbers(found)
    covered = {
        name: (one := estimates[name]) is not None and truth in one
        for name, truth in kind.truth.items()
    }
    return found.chosen.name, found.goodness.fits, covered


def main(series: int = SERIES) -> int:
    """Print the table; 1 if an interval covers too rarely where the model is right."""
    failed = 0
    print("| drawn | chosen | right | right, but rejected | wrong, not rejected | intervals hold |")
    print("|---|---|---|---|---|---|")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for at, case in enumerate(track(cases(), transient=True)):
            results = list(pool.map(partial(analysed, at), range(series), chunksize=10))
            right = [found for found in results if found[0] == case.model]
            held = {
                name: float(np.mean([covered[name] for _, _, covered in right]))
                for name in case.truth
                if len(right) >= series / 4
            }
            failed += any(share < LEAST_COVERED for share in held.values())
            print(row(case, results, held), flush=True)
    return int(failed > 0)


def row(case: Case, results: Sequence[Found], held: Mapping[str, float]) -> str:
    """Return a row of the table."""
    chosen = Counter(name for name, _, _ in results).most_common(3)
    is_right = [name == case.model for name, _, _ in results]
    right, count = sum(is_right), len(results)
    rejected = sum(ok and not fits for ok, (_, fits, _) in zip(is_right, results, strict=True))
    silent = sum(fits and not ok for ok, (_, fits, _) in zip(is_right, results, strict=True))
    cells = (
        case.name,
        ", ".join(f"{name} {times}" for name, times in chosen),
        "–" if case.model == "none" else f"{100 * right / count:.1f} %",
        f"{100 * rejected / right:.1f} %" if right else "–",
        f"{100 * silent / count:.1f} %",
        ", ".join(f"{name} {100 * one:.0f} %" for name, one in held.items()) or "–",
    )
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
