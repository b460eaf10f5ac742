"""Tags, text, rows of table cells and polylines of a piece of HTML."""

from html.parser import HTMLParser

import numpy as np


class HtmlPage(HTMLParser):
    """What a browser would make of `html`; `attributes` has those of every tag, in order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[dict[str, str]] = []
        self.rows: list[list[str]] = []
        self.text = ""
        self._in_cell = False
        self.feed(html)
        self.close()

    @property
    def curves(self) -> list[np.ndarray]:
        """Points (n, 2) of every polyline, in pixels."""
        lines = [about["points"] for about in self.attributes if "points" in about]
        return [np.array([pair.split(",") for pair in line.split()], dtype=float) for line in lines]

    def cell(self, row: int, column: str) -> str:
        """Return a cell of the first table, whose row 0 has the names of the columns."""
        return self.rows[row][self.rows[0].index(column)].strip()

    def pair(self, name: str) -> str:
        """Return the value beside a name."""
        (value,) = (row[1] for row in self.rows if len(row) == 2 and row[0] == name)
        return value

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.append({name: value or "" for name, value in attrs})
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._in_cell:
            self.rows[-1][-1] += data
