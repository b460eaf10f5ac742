"""A resistance level, and the levels of a run with what was found beside them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..estimate import Estimate
from ..outlier_summary import Outliers
from .drift import Drift
from .forming import Forming
from .scale import Scale

LEAST_SHOWN = 0.05


@dataclass(frozen=True, slots=True)
class Level:
    """One resistance level, from `visits` independent visits with `readings` readings in all.

    `components` above 1: the level may hold that many levels less than 4 σ apart. On the log
    scale the mean is the median of a log-normal. With a `drift` it is that in the middle of the
    run.
    """

    resistance_ohm: Estimate
    sigma_ohm: Estimate
    visits: int
    readings: int = 0
    components: int = 1
    scale: Scale = "linear"
    drift: Drift | None = None

    @property
    def mean_ohm(self) -> float:
        return self.resistance_ohm.value

    @property
    def std_ohm(self) -> float:
        return self.sigma_ohm.value


@dataclass(frozen=True, slots=True)
class LevelReport:
    """The levels of a run, highest resistance first, and the readings outside of them.

    `outlying_readings` lie more than 7 σ from every level and are left out of means and σ;
    `outlying_visits` consist of nothing else. `unresolved` are the indices of levels that hold
    several mixture components. `once_visited` are those with a single
    visit, whose uncertainty is unknown. `outliers` are readings of no state of the junction, by
    kind. `number_probability` is P(number of levels), certain where few visits leave no doubt.
    `passing` are those that only the first or the last cycles visit (see `change`), `forming` is
    how the first cycle differs from all later ones.
    """

    levels: tuple[Level, ...]
    readings: int
    missing_readings: int
    outlying_readings: int
    outlying_visits: int
    incomplete_cycles: tuple[int, ...]
    outliers: tuple[Outliers, ...] = ()
    number_probability: Mapping[int, float] = field(default_factory=dict)
    passing: tuple[int, ...] = ()
    forming: Forming | None = None

    @property
    def unresolved(self) -> tuple[int, ...]:
        return tuple(i for i, level in enumerate(self.levels) if level.components > 1)

    @property
    def once_visited(self) -> tuple[int, ...]:
        return tuple(i for i, level in enumerate(self.levels) if level.visits < 2)

    @property
    def number_text(self) -> str:
        """The number of levels, "4" or "4 (83 %) or 5 (17 %)"."""
        likely = sorted(self.number_probability.items(), key=lambda item: -item[1])
        shown = [(number, share) for number, share in likely if share >= LEAST_SHOWN]
        if len(shown) < 2:
            return str(len(self.levels))
        return " or ".join(f"{number} ({share * 100:.0f} %)" for number, share in shown)
