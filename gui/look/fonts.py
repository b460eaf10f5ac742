"""The font of the window: Inter, shipped with it, so that it looks alike on every computer."""

from functools import cache
from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FONTS = Path(__file__).parents[1] / "fonts"
FAMILY = "Inter"


@cache
def load_fonts() -> None:
    """Give the application the shipped files; the desktop's font is used where Qt refuses one."""
    for path in sorted(FONTS.glob("*.otf")):
        QFontDatabase.addApplicationFont(str(path))


def window_font() -> QFont:
    """Return Inter with figures of equal width, so that numbers that change do not jump."""
    load_fonts()
    font = QFont(FAMILY)
    font.setPixelSize(13)
    font.setFeature(QFont.Tag("tnum"), 1)
    font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return font
