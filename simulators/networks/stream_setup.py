"""What a stream-learning run is: device, optimiser, network, and how the images come.

The defaults are the synapse paper's trapezoid: width ratio 1:4, δ = 3, four levels, binarised; 60
subsets of 1,000 images, 30 epochs each; 784-512-512-10; Adam at 0.005.
"""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from simulators.networks.errors import NetworkError

Rounding = Literal["stochastic", "deterministic"]
Statistics = Literal["running", "subset"]

MOST_LEVELS = 128  # the numerators of the levels are multiplied as signed bytes


@dataclass(frozen=True, slots=True)
class StreamSetup:
    """One network and how it learns; with a seed it says everything that a run needs.

    `width_ratio` is w1/w2 and `asymmetry` δ (see `stream_update`). `levels` are spread uniformly
    over −1 … 1 and include 0 where their number is odd; None means a wall that stops anywhere,
    which is no notched device. A weight is read as its sign (`binarised`) or as its level.
    `statistics` says what normalises the layers in validation: the running averages of training
    (`statistics_momentum` a batch), or those of the current subset, measured anew.
    """

    width_ratio: float = 0.25
    asymmetry: float = 3.0
    levels: int | None = 4
    rounding: Rounding = "stochastic"
    binarised: bool = True
    learning_rate: float = 0.005
    gradient_memory: float = 0.9
    square_memory: float = 0.999
    epsilon: float = 1e-8
    threshold: float = 0.0
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
        _require(self.rounding in get_args(Rounding), "rounding is stochastic or deterministic")
        _require(self.statistics in get_args(Statistics), "statistics are running or subset")
        _require(self.learning_rate > 0, "learning_rate must be above 0")
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
    def pulses(self) -> int:
        """How many updates a run has."""
        return self.subsets * self.epochs * (self.subset_images // self.batch)

    def configuration(self) -> dict[str, Any]:
        """Return plain data that repeats the run."""
        return asdict(self)


def _require(holds: bool, sentence: str) -> None:
    if not holds:
        raise NetworkError(f"This cannot be trained: {sentence}.")
