"""The synapse paper's stream-learning figures as lists of networks to train, and their training.

A curve is one kind of device; it is trained once for each seed on the stream, and where the figure
has a tick for it, on all images at once for as many epochs. The paper's number for a curve stands
beside it (read from its text; None where it gives no number).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import mean, stdev
from typing import Literal

from ....storage import ResultRecord
from ..synapses.transitions import Transitions
from .settings import StreamSetup
from .training import StreamRun, Validation

FigureName = Literal["5a", "5b", "levels", "rounding", "width-ratio", "as-read"]


@dataclass(frozen=True, slots=True)
class Curve:
    """One device in a figure; `paper` is the paper's final accuracy, `paper_at_once` its tick's."""

    name: str
    label: str
    setup: StreamSetup
    paper: float | None = None
    paper_at_once: float | None = None
    transitions: tuple[Transitions, ...] = ()

    def runs(self, seeds: int, validation: Validation) -> Iterator[StreamRun]:
        """Yield the runs on the stream, a seed each; drawn devices come one to a seed."""
        for seed in range(len(self.transitions) if len(self.transitions) > 1 else seeds):
            drawn = self.transitions[seed % len(self.transitions)] if self.transitions else None
            yield StreamRun(f"{self.name}-seed-{seed}", self.setup, seed, drawn, validation)

    def runs_at_once(self, seeds: int) -> Iterator[StreamRun]:
        """Yield the runs on all images at once."""
        images = self.setup.subsets * self.setup.subset_images
        whole = replace(self.setup, subsets=1, subset_images=images)
        for seed in range(seeds):
            yield StreamRun(f"{self.name}-at-once-seed-{seed}", whole, seed, None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A trained run: accuracy on the test images after each subset (or epoch), 0 … 1."""

    curve: str
    run: StreamRun
    at_once: bool
    accuracies: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Summary:
    """Final accuracy over seeds: mean and standard deviation (0 for one)."""

    mean: float
    std: float
    runs: int


def figure_curves(figure: FigureName, base: StreamSetup) -> tuple[Curve, ...]:
    """Return the curves of a figure: `base` with what the figure varies."""

    def trapezoid(levels: int) -> StreamSetup:
        return replace(base, levels=levels, width_ratio=0.25, asymmetry=3.0)

    def as_read(setup: StreamSetup) -> StreamSetup:
        return replace(setup, levels=32, level_encoding="weight", binarised=False)

    levels = base.levels or 4
    linear = replace(base, width_ratio=1.0, asymmetry=1.0)
    match figure:
        case "5a":
            return (
                Curve("linear", "1:1, δ = 1", linear, 0.83),
                Curve("linear-asymmetric", "1:1, δ = 3", replace(linear, asymmetry=3.0), 0.83),
                Curve("trapezoid", "1:4, δ = 3", trapezoid(levels), 0.86, 0.86),
            )
        case "5b":
            return (
                Curve("trapezoid", "1:4, δ = 3, sign of 4 levels", trapezoid(4), 0.86),
                Curve("linear-32-levels", "1:1, δ = 1, 32 levels", as_read(linear), 0.86),
            )
        case "as-read":
            return (
                Curve("linear-32-levels", "1:1, δ = 1, 32 levels", as_read(linear), 0.86),
                Curve(
                    "linear-asymmetric-32-levels",
                    "1:1, δ = 3, 32 levels",
                    as_read(replace(linear, asymmetry=3.0)),
                ),
                Curve("trapezoid-32-levels", "1:4, δ = 3, 32 levels", as_read(trapezoid(32))),
            )
        case "levels":
            return tuple(
                Curve(f"trapezoid-{count}-levels", f"{count} levels", trapezoid(count), 0.86)
                for count in (4, 8, 16)
            )
        case "rounding":
            deterministic = replace(trapezoid(levels), rounding="deterministic")
            return (
                Curve("trapezoid", "stochastic", trapezoid(levels), 0.86),
                Curve("trapezoid-deterministic", "deterministic", deterministic),
            )
        case "width-ratio":
            return tuple(
                Curve(
                    f"width-1-{ratio}",
                    f"1:{ratio}, δ = 3",
                    replace(trapezoid(levels), width_ratio=1 / ratio),
                    0.86 if ratio == 4 else None,
                )
                for ratio in (1, 2, 4, 8)
            )


def measured_curves(
    base: StreamSetup,
    name: str,
    likeliest: Transitions | None,
    drawn: Sequence[Transitions],
    formula: Sequence[Curve] = (),
) -> tuple[Curve, ...]:
    """Return the paper's trapezoid beside `formula`, tracks of a device's w1/w2, and devices with
    measured transitions."""
    paper = replace(base, width_ratio=0.25)
    curves = [Curve("trapezoid", f"formula, 1:4, δ = {base.asymmetry:g}", paper, 0.86), *formula]
    if likeliest is not None:
        curves.append(Curve("measured", f"{name}, its transitions", base, transitions=(likeliest,)))
    if drawn:
        label = f"{name}, {len(drawn)} devices drawn"
        curves.append(Curve("drawn", label, base, transitions=tuple(drawn)))
    return tuple(curves)


def runs_of(
    curves: Sequence[Curve], seeds: int, validation: Validation, *, at_once: bool
) -> list[tuple[str, bool, StreamRun]]:
    """Return (curve, at once, run) of everything to train, seed by seed."""
    listed = [(c.name, False, run) for c in curves for run in c.runs(seeds, validation)]
    if at_once:
        listed += [(c.name, True, run) for c in curves for run in c.runs_at_once(seeds)]
    return listed


def outcomes_of(
    runs: Sequence[tuple[str, bool, StreamRun]], results: Sequence[ResultRecord]
) -> list[Outcome]:
    """Return the outcomes of the runs, in their order."""
    return [
        Outcome(curve, run, at_once, tuple(result.data["accuracies"]))
        for (curve, at_once, run), result in zip(runs, results, strict=True)
    ]


def summaries(outcomes: Sequence[Outcome]) -> Mapping[tuple[str, bool], Summary]:
    """Return the final accuracy over the seeds of each (curve, at once)."""
    finals: dict[tuple[str, bool], list[float]] = {}
    for outcome in outcomes:
        finals.setdefault((outcome.curve, outcome.at_once), []).append(outcome.accuracies[-1])
    return {
        key: Summary(mean(values), stdev(values) if len(values) > 1 else 0.0, len(values))
        for key, values in finals.items()
    }
