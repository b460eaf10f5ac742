"""The style sheet of the window and its palette, from a theme."""

from pathlib import Path
from string import Template

from PySide6.QtGui import QColor, QPalette

from .theme import STOP, Theme

ICONS = Path(__file__).parents[1] / "icons"


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the application."""
    text = (Path(__file__).with_name("window.qss")).read_text(encoding="utf-8")
    colours = {key: getattr(theme, key) for key in theme.__dataclass_fields__}
    return Template(text).substitute(
        colours, icons=ICONS.as_posix(), stop=STOP.ground, stop_pressed=STOP.stripe
    )


def palette(theme: Theme) -> QPalette:
    """Return the palette, for what Qt paints without the style sheet."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.window,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.field,
        QPalette.ColorRole.AlternateBase: theme.alternate,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.muted,
        QPalette.ColorRole.Button: theme.button,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.Highlight: theme.selection,
        QPalette.ColorRole.HighlightedText: theme.text,
        QPalette.ColorRole.ToolTipBase: theme.card,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.Mid: theme.border,
        QPalette.ColorRole.Dark: theme.strong_border,
        QPalette.ColorRole.Light: theme.card,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in (
        QPalette.ColorRole.Text,
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.ButtonText,
    ):
        made.setColor(disabled, role, QColor(theme.disabled_text))
    return made
