"""Durations in the unit in which one thinks of them, from microseconds to ages."""

from math import inf, isfinite

from ..estimate import Estimate

YEAR_S = 365.25 * 86_400.0
LEAST_SHARE = 1e-3  # in percent
_UNITS = (
    ("years", YEAR_S),
    ("days", 86_400.0),
    ("h", 3600.0),
    ("min", 60.0),
    ("s", 1.0),
    ("ms", 1e-3),
    ("µs", 1e-6),
)


def format_duration(duration_s: float) -> str:
    """Return a duration with two digits and its unit: "3.5 h", "4.2e+09 years"."""
    if not isfinite(duration_s):
        return "unbounded"
    if duration_s <= 0:
        return "0 s"
    fits = ((u, s) for u, s in _UNITS if duration_s >= s * (2 if s > 1 else 1))
    unit, size_s = next(fits, _UNITS[-1])
    count = duration_s / size_s
    return f"{count:.2g} {unit}" if count < 10 or count >= 1e4 else f"{count:.0f} {unit}"


def format_share(share: Estimate) -> str:
    """Return the interval of a share in percent: "12 to 40 %", "below 0.001 %"."""
    low, high = 100 * share.low, 100 * share.high
    if high < LEAST_SHARE:
        return f"below {LEAST_SHARE:g} %"
    return f"{low if low >= LEAST_SHARE else 0:.3g} to {high:.3g} %"


def format_lifetime(lifetime_s: Estimate) -> str:
    """Return "value (low to high)" of a lifetime whose interval may be unbounded."""
    low, high = format_duration(lifetime_s.low), format_duration(lifetime_s.high)
    if lifetime_s.value == inf:
        return f"longer than {low}"
    if lifetime_s.high == inf:
        return f"{format_duration(lifetime_s.value)} (longer than {low})"
    return f"{format_duration(lifetime_s.value)} ({low} to {high})"
