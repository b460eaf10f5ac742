"""Settings of training in the loop: the update rule, its rate, and the number of steps."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from ..errors import NetworkError

Rule = Literal["write", "pulse"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingSettings:
    """How a readout is trained in the loop; with a seed it determines what a learner chooses.

    `rule` "write" writes devices to the levels nearest to weights that the computer sums up;
    "pulse" fires one pulse, of an amplitude drawn from the ladder, where the summed gradient has
    passed a threshold (see `learner`). A step takes the gradient of `batch` images and visits up to
    `visits` devices. The rate, in ranges of a weight, falls to 0 along a half cosine.
    """

    rule: Rule = "write"
    steps: int = 100
    batch: int = 2000
    visits: int = 200
    learning_rate: float = 0.2
    hysteresis: float = 0.0
    read_every: int = 50
    most_withstood: int = 20
    max_pulses: int = 100
    erase: bool = True
    held_out: int = 5000
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise NetworkError where the values cannot be trained with."""
        counts = (self.steps, self.batch, self.visits, self.read_every, self.most_withstood)
        if self.rule not in get_args(Rule):
            raise NetworkError(f"The rule is {' or '.join(get_args(Rule))}, not {self.rule!r}.")
        if min(*counts, self.max_pulses, self.held_out) < 1 or self.seed < 0:
            raise NetworkError(
                "Training needs at least 1 step, image, visit, pulse and held-out image, and a "
                "seed of 0 or more."
            )
        if not (self.learning_rate > 0 and 0 <= self.hysteresis < 10):
            raise NetworkError(
                "The learning rate must be above 0, and the hysteresis from 0 to below 10 levels."
            )

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return asdict(self)
