"""Output of a study: its outcome, its results in the database, and the files it wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from ...storage import Place, ResultRecord

if TYPE_CHECKING:
    from ...analysis.figures import Panel

Outcome = TypeVar("Outcome", covariant=True)


@dataclass(frozen=True, slots=True)
class StudyOutput(Generic[Outcome]):
    """The outcome of a study, its results in the store at `database`, and the files written."""

    outcome: Outcome
    results: tuple[ResultRecord, ...]
    database: Place
    files: tuple[Path, ...]

    @property
    def numbers(self) -> str:
        """The results' numbers: "result 3", "results 3 to 5 and 9"."""
        return result_numbers(self.results)


def save_figures(
    panels: Sequence["Panel"], folder: Path, results: Sequence[ResultRecord], database: Place
) -> tuple[Path, ...]:
    """Write each panel as PNG, SVG and CSV, with the results that it shows named in the images."""
    from ...analysis.figures import save  # imports matplotlib

    source = f"{result_numbers(results)} of {database}"
    return tuple(
        path for panel in panels for path in save(panel, folder, panel.name, source=source)
    )


def result_numbers(results: Sequence[ResultRecord]) -> str:
    """Return the numbers of results in words: "result 3", "results 3 to 5 and 9"."""
    ids = sorted({result.id for result in results})
    breaks = [number for number, (a, b) in enumerate(pairwise(ids), start=1) if b > a + 1]
    spans = [ids[i:j] for i, j in pairwise([0, *breaks, len(ids)])]
    texts = [f"{span[0]} to {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans]
    listed = " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
    return f"result{'s' if len(ids) > 1 else ''} {listed}"
