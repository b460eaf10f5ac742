"""What became of the runs of a database that was copied."""

from dataclasses import dataclass, field

from ...wording import counted


@dataclass(slots=True)
class Copied:
    """What became of the runs, by their numbers in the source, and the rows besides them.

    `devices` are sentences about those that the target describes otherwise.
    """

    new: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)
    different: list[int] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)
    under_way: list[int] = field(default_factory=list)
    devices: list[str] = field(default_factory=list)
    points: int = 0
    calibrations: int = 0
    results: int = 0

    def __str__(self) -> str:
        done = [
            f"{counted(len(self.new), 'run')} copied",
            f"{len(self.replaced)} replaced" if self.replaced else "",
            f"{len(self.same)} already there" if self.same else "",
            f"{counted(self.calibrations, 'model')}, {counted(self.results, 'result')}",
        ]
        left = []
        if self.under_way:
            left.append(f"Under way, left to the next copy: {_listed(self.under_way)}.")
        if self.different:
            left.append(
                f"Different from their copies, which are kept: {_listed(self.different)}; replace "
                "them with --update."
            )
        if self.behind:
            left.append(
                f"Under way or further on in the target, and kept there: {_listed(self.behind)}; "
                "copy them from there."
            )
        return " ".join([f"{', '.join(filter(None, done))}.", *left, *self.devices])


def _listed(runs: list[int]) -> str:
    return f"run{'s' if len(runs) > 1 else ''} {', '.join(map(str, runs))}"
