"""What is known of a sequence under way."""

from dataclasses import dataclass, field

from ...storage import RunSummary, Store
from .night import Night, StepOutcome
from .plan import Plan


@dataclass(slots=True)
class Progress:
    """Its outcomes by title, the runs that were begun, and what follows."""

    outcomes: dict[str, StepOutcome] = field(default_factory=dict)
    begun: dict[str, RunSummary] = field(default_factory=dict)
    decisions: list[StepOutcome] = field(default_factory=list)
    """The outcomes from which something follows."""

    def add(self, outcome: StepOutcome) -> None:
        self.outcomes[outcome.title] = outcome
        if outcome.decision:
            self.decisions.append(outcome)

    @property
    def failed(self) -> int:
        return sum(outcome.status == "failed" for outcome in self.outcomes.values())

    @classmethod
    def of(cls, night: Night, store: Store, plan: Plan) -> "Progress":
        """Return what the store knows, also of a run whose step has no outcome yet."""
        runs = night.runs(store)
        begun = {tag: run for run in runs for tag in run.tags if tag in plan.by_title}
        progress = cls(begun=begun)
        for outcome in night.outcomes:
            progress.add(outcome)
        return progress
