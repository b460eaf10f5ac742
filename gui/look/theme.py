"""The two colour themes; every pair of text and ground has a contrast of at least 4.5:1."""

from dataclasses import dataclass
from enum import StrEnum


class ThemeChoice(StrEnum):
    """A theme as a user chooses it; SYSTEM follows the desktop."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours as #rrggbb, each named after its use."""

    name: str
    dark: bool
    window: str
    card: str
    field: str
    border: str
    strong_border: str
    text: str
    muted: str
    accent: str
    accent_text: str
    selection: str
    alternate: str
    button: str
    button_hover: str
    disabled_fill: str
    disabled_text: str
    good: str
    attention: str
    bad: str
    bad_ground: str
    pulse_fill: str
    pulse_line: str
    field_line: str


LIGHT = Theme(
    name="light",
    dark=False,
    window="#edf1f5",
    card="#ffffff",
    field="#ffffff",
    border="#d3dae2",
    strong_border="#aab4c0",
    text="#14171c",
    muted="#4d5763",
    accent="#0b5cb8",
    accent_text="#ffffff",
    selection="#d9e9fa",
    alternate="#f5f7f9",
    button="#f4f6f8",
    button_hover="#e6ebf1",
    disabled_fill="#e9edf1",
    disabled_text="#626c78",
    good="#07704a",
    attention="#944f00",
    bad="#b3161c",
    bad_ground="#fdebec",
    pulse_fill="#bcd7f3",
    pulse_line="#14171c",
    field_line="#944f00",
)

DARK = Theme(
    name="dark",
    dark=True,
    window="#0f1318",
    card="#181c21",
    field="#12161a",
    border="#333b45",
    strong_border="#55606d",
    text="#eef1f4",
    muted="#a6b0bb",
    accent="#4fa3f0",
    accent_text="#08131f",
    selection="#1b334f",
    alternate="#1e2329",
    button="#242a31",
    button_hover="#2e363f",
    disabled_fill="#20262c",
    disabled_text="#8b95a1",
    good="#46c98b",
    attention="#f5a83c",
    bad="#ff7a75",
    bad_ground="#3a1d1f",
    pulse_fill="#2a5f94",
    pulse_line="#eef1f4",
    field_line="#f5a83c",
)


@dataclass(frozen=True, slots=True)
class BannerColours:
    """The ground, its stripes and the text of the banner, the same in both themes."""

    ground: str
    stripe: str
    text: str


REAL = BannerColours(ground="#f5b400", stripe="#f5b400", text="#1a1200")
VIRTUAL = BannerColours(ground="#5a36a8", stripe="#6a49b6", text="#ffffff")
UNKNOWN = BannerColours(ground="#4d5763", stripe="#4d5763", text="#ffffff")
STOP = BannerColours(ground="#c4201f", stripe="#a51817", text="#ffffff")


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[start : start + 2], 16) / 255) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
