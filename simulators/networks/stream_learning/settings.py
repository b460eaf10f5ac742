"""Settings of a stream-learning run: device, optimiser, network, and the stream of images.

The defaults are the synapse paper's trapezoid, width ratio 1:4, δ = 3, binarised, 60 subsets of
1,000 images, 30 epochs each, 784-512-512-10, in the formulation that reaches its accuracy with four
stops of the wall: four for each sign of the weight, Adam's β1 0.985 instead of
0.9, its rate 0.0017 instead of 0.005, and the weakest pulses not fired. `LITERAL` is the reading of
the paper's text that comes first to mind; the trials are in docs/explanation/stream-learning.md.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, get_args

from ..documents import document, stored_as
from ..errors import NetworkError

Rounding = Literal["stochastic", "deterministic", "float_accumulator"]
Statistics = Literal["running", "subset"]
LevelEncoding = Literal["weight", "track", "polarity"]

STREAM_SUBSET = 1000  # images that the rate of updates counts as a subset, also all at once
MAX_LEVELS = 128  # the numerators of the levels are multiplied as signed bytes


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """One network and how it learns; with a seed it determines a run.

    `width_ratio` is w1/w2 and `asymmetry` δ (see `update`). `levels` are stops of the wall,
    evenly spread; None is a wall that stops anywhere, which is no notched device.
    `level_encoding` spreads them over the whole weight, −1 … 1; or along one track, with the sign
    held beside it: "track" from |W| = 0 at its narrow end to 1 at its wide one, 2 `levels` − 1
    weights with zero; "polarity" without zero, |W| = 1/(2 `levels` − 1) at the narrow end,
    2 `levels` weights. A weight is read as its sign (`binarised`) or as its level. With `rounding`
    "float_accumulator" a full-precision sum of all updates is kept beside the device, which only
    follows it.

    The rate of updates falls over the stream as lr/(1 + n/`lr_decay_subsets`), n the subsets learnt
    before (None: constant). Updates below `threshold` times that rate fire no pulse.
    `softmax_scale` multiplies the input of the softmax. `statistics` normalise the layers in
    validation: running averages of training (`statistics_momentum` a batch), or the current
    subset's, measured anew.
    """

    width_ratio: float = 0.25
    asymmetry: float = 3.0
    levels: int | None = 4
    rounding: Rounding = "stochastic"
    binarised: bool = True
    level_encoding: LevelEncoding = field(default="polarity", metadata=stored_as("counted"))
    learning_rate: float = 0.0017
    lr_decay_subsets: float | None = field(default=None, metadata=stored_as("settling"))
    beta1: float = field(default=0.985, metadata=stored_as("gradient_memory"))
    beta2: float = field(default=0.999, metadata=stored_as("square_memory"))
    epsilon: float = 1e-8
    threshold: float = 0.05
    softmax_scale: float = field(default=1.0, metadata=stored_as("sharpness"))
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
        self._require_kinds()
        _require(0 < self.width_ratio <= 1, "width_ratio is w1/w2, above 0 and at most 1")
        _require(self.asymmetry > 0, "asymmetry (δ) must be above 0")
        _require(
            self.levels is None or 2 <= self.levels <= MAX_LEVELS,
            f"levels must be between 2 and {MAX_LEVELS}, or none",
        )
        _require(
            self.binarised or self.levels is not None, "a synapse read by its level needs levels"
        )
        _require(
            self.weights is None or self.weights <= MAX_LEVELS,
            f"levels encoded along the track may be up to {MAX_LEVELS // 2}",
        )
        _require(
            self.level_encoding in get_args(LevelEncoding),
            "level_encoding is weight, track or polarity",
        )
        _require(
            self.rounding in get_args(Rounding),
            "rounding is stochastic, deterministic or float_accumulator",
        )
        _require(self.statistics in get_args(Statistics), "statistics are running or subset")
        _require(self.learning_rate > 0, "learning_rate must be above 0")
        _require(
            self.lr_decay_subsets is None or self.lr_decay_subsets > 0,
            "lr_decay_subsets must be above 0, or none",
        )
        _require(self.threshold >= 0, "threshold must be 0 or more")
        _require(self.softmax_scale > 0, "softmax_scale must be above 0")
        betas = (self.beta1, self.beta2)
        _require(all(0 <= beta < 1 for beta in betas), "beta1 and beta2 are from 0 to below 1")
        _require(0 < self.initial_weight <= 1, "initial_weight is above 0 and at most 1")
        _require(0 < self.statistics_momentum <= 1, "statistics_momentum is above 0, at most 1")
        counts = (self.hidden, self.epochs, self.subsets, self.subset_images)
        _require(min(counts) >= 1, "hidden, epochs, subsets and subset_images are at least 1")
        _require(
            self.batch >= 2 and self.subset_images % self.batch == 0,
            f"batch ({self.batch}) must divide the {self.subset_images} images of a subset",
        )

    def _require_kinds(self) -> None:
        """Raise NetworkError for a value of another kind than its parameter's."""
        for entry in fields(self):
            value = getattr(self, entry.name)
            kind = entry.type.__name__ if isinstance(entry.type, type) else str(entry.type)
            if value is None and "None" in kind:
                continue
            whole = isinstance(value, int) and not isinstance(value, bool)
            if kind == "bool":
                _require(isinstance(value, bool), f"{entry.name} is true or false, not {value!r}")
            elif kind.startswith("int"):
                _require(whole, f"{entry.name} is a whole number, not {value!r}")
            elif kind.startswith("float"):
                number = whole or (isinstance(value, float) and math.isfinite(value))
                _require(number, f"{entry.name} is a number, not {value!r}")

    @property
    def weights(self) -> int | None:
        """How many different weights there are, evenly spread over −1 … 1."""
        if self.levels is None or self.level_encoding == "weight":
            return self.levels
        return 2 * self.levels - (self.level_encoding == "track")

    def rate(self, updates: int) -> float:
        """Return the learning rate after a number of updates."""
        if self.lr_decay_subsets is None:
            return self.learning_rate
        of_a_subset = self.epochs * (STREAM_SUBSET // self.batch)
        return self.learning_rate / (1 + updates // of_a_subset / self.lr_decay_subsets)

    def changed(self, assignments: Sequence[str]) -> "StreamSetup":
        """Return a copy with each `name=value` set; a value is JSON or, failing that, text.

        Raises NetworkError for an unknown name or an impossible value.
        """
        names = [entry.name for entry in fields(self)]
        values = {}
        for assignment in assignments:
            name, equals, text = assignment.partition("=")
            if not equals or name not in names:
                raise NetworkError(
                    f"{assignment!r} sets nothing: write NAME=VALUE, with one of "
                    f"{', '.join(names)}."
                )
            values[name] = _value(text)
        try:
            return replace(self, **values)
        except TypeError as error:
            raise NetworkError(
                f"{', '.join(assignments)}: a value is not of its parameter's kind."
            ) from error

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return dict(document(self))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None if text == "none" else text


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise NetworkError(f"This cannot be trained: {sentence}.")


LITERAL = StreamSetup(level_encoding="weight", learning_rate=0.005, beta1=0.9, threshold=0.0)
"""Four levels over −1 … 1, Adam as it comes at the paper's rate, every update rounded."""

FLOAT_ACCUMULATOR = replace(LITERAL, rounding="float_accumulator")
"""The same with full-precision sums of the updates in the computer: no device alone."""

Formulation = Literal["device", "literal", "float-accumulator"]
FORMULATIONS: Mapping[Formulation, StreamSetup] = {
    "device": StreamSetup(),
    "literal": LITERAL,
    "float-accumulator": FLOAT_ACCUMULATOR,
}
