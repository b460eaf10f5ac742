"""The steps of a page: its commands and examples in the order of print.

A fenced block of `sh` has a step for each command, a block of another language is one step. A
block with a title (```toml title="bench.toml") is a file that the reader saves under that name.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorials" / "network-on-an-array.md"
AFTER = {"program-an-array.md": TUTORIAL, "train-an-array.md": TUTORIAL}
"""Pages that begin in the folder in which another one ends."""
LONG = {
    DOCS / f"{name}.md"
    for name in (
        "how-to/apply",
        "how-to/compare-technologies",
        "how-to/draw-a-synapse",
        "how-to/micromagnetics",
        "how-to/networks-on-devices",
        "how-to/program-an-array",
        "how-to/stream-learning",
        "how-to/sweeps",
        "how-to/train-an-array",
        "how-to/train-on-levels",
        "tutorials/network-on-an-array",
    )
}
"""Pages that train or write for minutes of a core: `python3 make.py pages` runs them, too."""
FENCE = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```', re.MULTILINE | re.DOTALL)
CONTINUED = re.compile(r"\s*\\\n\s*")


@dataclass(frozen=True, slots=True)
class Step:
    """Something a page tells its reader to run or to save, and the line it is on."""

    page: Path
    line: int
    language: str
    text: str
    title: str | None = None

    def __str__(self) -> str:
        shown = self.title or self.text.strip().splitlines()[0]
        return f"{self.page.name}:{self.line}:{shown[:70]}"


def pages() -> list[Path]:
    """Return every page, those at the root first."""
    return [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]


def steps(page: Path) -> list[Step]:
    """Return the steps of a page."""
    return list(_steps(page))


def _steps(page: Path) -> Iterator[Step]:
    text = page.read_text(encoding="utf-8")
    for match in FENCE.finditer(text):
        language, title, block = match.groups()
        first = text.count("\n", 0, match.start()) + 2
        if language == "sh":
            yield from _commands(page, first, block)
        else:
            yield Step(page, first, language, block, title)


def _commands(page: Path, first: int, block: str) -> Iterator[Step]:
    lines = enumerate(block.splitlines(), start=first)
    for number, line in lines:
        while line.rstrip().endswith("\\"):
            line = f"{line.rstrip()[:-1].rstrip()} {next(lines)[1].strip()}"
        command = line.partition("  #")[0].strip()
        if command and not command.startswith("#"):
            yield Step(page, number, "sh", command)
