"""Times as an operator reads them."""

from datetime import datetime, timedelta


def duration(seconds: float | None) -> str:
    """Return a duration in one or two units: "20 s", "11 min", "6.2 h", "3.1 d"; "—" for None."""
    if seconds is None:
        return "—"
    if seconds < 1:
        return "under 1 s"
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:.1f} d"


def clock(moment: datetime, now: datetime | None = None) -> str:
    """Return a moment of today as "14:32", else with the day: "tomorrow 03:10", "12 Mar 03:10"."""
    now = now or datetime.now().astimezone()
    moment = moment.astimezone()
    days = (moment.date() - now.date()).days
    time = f"{moment:%H:%M}"
    if days in (-1, 0, 1):
        return f"{('yesterday ', '', 'tomorrow ')[days + 1]}{time}"
    return f"{day(moment, now)} {time}"


def day(moment: datetime, now: datetime) -> str:
    """Return the date of a moment, with the year if it is another one."""
    text = f"{moment.day} {moment:%b}"
    return text if moment.year == now.year else f"{text} {moment.year}"


def after(seconds: float) -> datetime:
    """Return the moment that many seconds from now."""
    return datetime.now().astimezone() + timedelta(seconds=seconds)
