"""Pages of text and tables as HTML, in the colours of the theme."""

from collections.abc import Iterable, Sequence
from html import escape

from .theme import Theme

PICTURE = "picture"
PICTURE_TAG = f'<img src="{PICTURE}">'


def page(theme: Theme, *parts: str) -> str:
    """Return a page for a QTextBrowser."""
    return f'<body style="color:{theme.text}; font-size:13px;">{"".join(parts)}</body>'


def heading(theme: Theme, text: str) -> str:
    return (
        f'<p style="margin:12px 0 4px 0; color:{theme.muted}; font-size:11px; font-weight:600;">'
        f"{escape(text.upper())}</p>"
    )


def paragraph(text: str, colour: str = "") -> str:
    style = f"margin:2px 0; color:{colour};" if colour else "margin:2px 0;"
    return f'<p style="{style}">{escape(text)}</p>'


def pairs(theme: Theme, rows: Iterable[tuple[str, str]]) -> str:
    """Return names and values in two columns."""
    lines = "".join(
        f'<tr><td style="color:{theme.muted}; padding:1px 16px 1px 0;">{escape(name)}</td>'
        f'<td style="padding:1px 0;">{escape(value)}</td></tr>'
        for name, value in rows
    )
    return f"<table cellspacing=0>{lines}</table>"


def table(theme: Theme, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with a line of headings; numbers stand to the right."""
    head = "".join(
        f'<td style="color:{theme.muted}; font-weight:600; padding:2px 12px 2px 0;">'
        f"{escape(each)}</td>"
        for each in columns
    )
    lines = "".join(
        "<tr>"
        + "".join(f'<td style="padding:2px 12px 2px 0;">{escape(cell)}</td>' for cell in row)
        + "</tr>"
        for row in rows
    )
    return f"<table cellspacing=0><tr>{head}</tr>{lines}</table>"
