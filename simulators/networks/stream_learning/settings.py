"""What a stream-learning run is: device, optimiser, network, and how the images come.

The defaults are the synapse paper's trapezoid, width ratio 1:4, δ = 3, binarised, 60 subsets of
1,000 images, 30 epochs each, 784-512-512-10, in the formulation that reaches its accuracy with four
stops of the wall: four for each sign of the weight, Adam's memory of the gradient 0.985 instead of
0.9, its rate 0.0017 instead of 0.005, and the weakest pulses not fired. `LITERAL` is the reading of
the paper's text that comes first to mind; what was tried stands in docs/stream-learning.md.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

from ..errors import NetworkError

Rounding = Literal["stochastic", "deterministic", "carried"]
Statistics = Literal["running", "subset"]
Counted = Literal["weight", "track", "polarity"]

STREAM_SUBSET = 1000  # images that the rate of updates counts as a subset, also all at once
MOST_LEVELS = 128  # the numerators of the levels are multiplied as signed bytes


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """One network and how it learns; with a seed it says everything that a run needs.

    `width_ratio` is w1/w2 and `asymmetry` δ (see `stream_update`). `levels` are stops of the wall,
    evenly spread; None is a wall that stops anywhere, which is no notched device. They are
    `counted` over the whole weight, −1 … 1; or along one track, with the sign held beside it:
    "track" from |W| = 0 at its narrow end to 1 at its wide one, 2 `levels` − 1 weights with zero;
    "polarity" without zero, |W| = 1/(2 `levels` − 1) at the narrow end, 2 `levels` weights. A
    weight is read as its sign (`binarised`) or as its level. With `rounding` "carried" the sum of
    all updates is kept beside the device, which only follows it.

    The rate of updates falls over the stream as lr/(1 + n/`settling`), n the subsets learnt before
    (None: constant). Updates below `threshold` times that rate fire no pulse. `sharpness`
    multiplies what the softmax sees. `statistics` says what normalises the layers in validation:
    running averages of training (`statistics_momentum` a batch), or the current subset's, measured
    anew.
    """

    width_ratio: float = 0.25
    asymmetry: float = 3.0
    levels: int | None = 4
    rounding: Rounding = "stochastic"
    binarised: bool = True
    counted: Counted = "polarity"
    learning_rate: float = 0.0017
    settling: float | None = None
    gradient_memory: float = 0.985
    square_memory: float = 0.999
    epsilon: float = 1e-8
    threshold: float = 0.05
    sharpness: float = 1.0
    initial_weight: float = 0.05
    hidden: int = 512
    batch: int = 100
    epochs: int = 30
    subsets: int = 60
    subset_images: int = 1000
    statistics: Statistics = "running"
    statistics_momentum: float = 0.1

    def __post_init__(self) -> None:
        """Raise NetworkError where the values cannot be trained with."""
        _require(0 < self.width_ratio <= 1, "width_ratio is w1/w2, above 0 and at most 1")
        _require(self.asymmetry > 0, "asymmetry (δ) must be above 0")
        _require(
            self.levels is None or 2 <= self.levels <= MOST_LEVELS,
            f"levels must be between 2 and {MOST_LEVELS}, or none",
        )
        _require(
            self.binarised or self.levels is not None, "a synapse read by its level needs levels"
        )
        _require(
            self.weights is None or self.weights <= MOST_LEVELS,
            f"levels counted on the track may be up to {MOST_LEVELS // 2}",
        )
        _require(
            self.counted in get_args(Counted), "levels are counted by weight, track or polarity"
        )
        _require(
            self.rounding in get_args(Rounding),
            "rounding is stochastic, deterministic or carried",
        )
        _require(self.statistics in get_args(Statistics), "statistics are running or subset")
        _require(self.learning_rate > 0, "learning_rate must be above 0")
        _require(self.settling is None or self.settling > 0, "settling must be above 0, or none")
        _require(self.threshold >= 0, "threshold must be 0 or more")
        _require(self.sharpness > 0, "sharpness must be above 0")
        memories = (self.gradient_memory, self.square_memory)
        _require(all(0 <= memory < 1 for memory in memories), "memories are from 0 to below 1")
        _require(0 < self.initial_weight <= 1, "initial_weight is above 0 and at most 1")
        _require(0 < self.statistics_momentum <= 1, "statistics_momentum is above 0, at most 1")
        counts = (self.hidden, self.epochs, self.subsets, self.subset_images)
        _require(min(counts) >= 1, "hidden, epochs, subsets and subset_images are at least 1")
        _require(
            self.batch >= 2 and self.subset_images % self.batch == 0,
            f"batch ({self.batch}) must divide the {self.subset_images} images of a subset",
        )

    @property
    def weights(self) -> int | None:
        """How many different weights there are, evenly spread over −1 … 1."""
        if self.levels is None or self.counted == "weight":
            return self.levels
        return 2 * self.levels - (self.counted == "track")

    def rate(self, updates: int) -> float:
        """Return the learning rate after so many updates."""
        if self.settling is None:
            return self.learning_rate
        of_a_subset = self.epochs * (STREAM_SUBSET // self.batch)
        return self.learning_rate / (1 + updates // of_a_subset / self.settling)

    def changed(self, assignments: Sequence[str]) -> "StreamSetup":
        """Return it with `name=value` put in, each value read as JSON or, failing that, as text.

        Raises NetworkError for a name that there is not, or a value that cannot be.
        """
        values = {}
        for assignment in assignments:
            name, equals, text = assignment.partition("=")
            if not equals or name not in self.configuration():
                raise NetworkError(
                    f"{assignment!r} sets nothing: write NAME=VALUE, with one of "
                    f"{', '.join(self.configuration())}."
                )
            values[name] = _value(text)
        try:
            return replace(self, **values)
        except TypeError as error:
            raise NetworkError(
                f"{', '.join(assignments)}: a value is not of its parameter's kind."
            ) from error

    def configuration(self) -> dict[str, Any]:
        """Return plain data that repeats the run."""
        return asdict(self)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None if text == "none" else text


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise NetworkError(f"This cannot be trained: {sentence}.")


LITERAL = StreamSetup(counted="weight", learning_rate=0.005, gradient_memory=0.9, threshold=0.0)
"""Four levels over −1 … 1, Adam as it comes at the paper's rate, every update rounded."""

CARRIED = replace(LITERAL, rounding="carried")
"""The same, but the computer keeps what rounding leaves, which no device alone can."""

Formulation = Literal["device", "literal", "carried"]
FORMULATIONS: Mapping[Formulation, StreamSetup] = {
    "device": StreamSetup(),
    "literal": LITERAL,
    "carried": CARRIED,
}
