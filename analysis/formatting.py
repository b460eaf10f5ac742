"""Numbers with their 95 % intervals as text."""

import math


def decimals_for(spread: float) -> int:
    """Return the number of decimals that show a spread with two digits."""
    if not math.isfinite(spread) or spread <= 0:
        return 3
    return max(0, 1 - math.floor(math.log10(spread)))


def format_interval(value: float, low: float | None, high: float | None, scale: float = 1.0) -> str:
    """Return "value (low to high)", each times `scale`, in the digits that the interval allows.

    An end that is None or infinite is unbounded; a NaN value is not determined.
    """
    if math.isnan(value):
        return "not determined"
    if low is None or high is None or not (math.isfinite(low) and math.isfinite(high)):
        return f"{value * scale:.4g} (interval unbounded)".replace("-", "−")
    width = (float(high) - float(low)) * scale
    if not math.isfinite(width):  # an end beyond all numbers
        return f"{value * scale:.4g} (interval unbounded)".replace("-", "−")
    digits = decimals_for(width / 2)
    ends = f"{low * scale:.{digits}f} to {high * scale:.{digits}f}"
    return f"{value * scale:.{digits}f} ({ends})".replace("-", "−")


def si_range(low: float, high: float, unit: str) -> str:
    """Return "low to high" with two digits and the SI prefix of the higher one."""
    prefixes = {-9: "n", -6: "µ", -3: "m", 0: "", 3: "k", 6: "M", 9: "G"}
    power = min(9, max(-9, 3 * math.floor(math.log10(high) / 3))) if high > 0 else 0
    shown = " to ".join(f"{_two_digits(value / 10.0**power)}" for value in (low, high))
    return f"{shown} {prefixes[power]}{unit}"


def _two_digits(value: float) -> str:
    return f"{value:.{max(0, 1 - math.floor(math.log10(abs(value)))) if value else 0}f}"
