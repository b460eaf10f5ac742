"""The search of runs: words, `device:W7`, `status:failed`, dates, tags and stars, all to be met."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ...storage import RunSummary

Test = Callable[[RunSummary], bool]
_PART = re.compile(r'"([^"]*)"|(\S+)')
_DATE = re.compile(r"\d{4}(-\d{1,2}){0,2}")
KEYS = ("run", "device", "status", "protocol", "operator", "tag", "notes", "since", "until", "on")
HELP = (
    "Words, in any order, and any of: device:W7  status:failed  protocol:reset  operator:ada  "
    "tag:good  run:40-45  today  yesterday  2026-11  2026-11-27  since:2026-11-01  until:…  starred"
)


@dataclass(frozen=True, slots=True)
class Search:
    """The tests of a search; `problem` is a sentence about a part that is not understood."""

    tests: tuple[Test, ...]
    problem: str = ""

    def matches(self, run: RunSummary) -> bool:
        return all(test(run) for test in self.tests)


def search_for(text: str, today: date | None = None) -> Search:
    """Return the search that a text describes; every part has to be met."""
    day = today or datetime.now().astimezone().date()
    tests: list[Test] = []
    for match in _PART.finditer(text):
        word = (match[1] if match[1] is not None else match[2]).casefold()
        try:
            tests.append(_test(word, day, quoted=match[1] is not None))
        except ValueError as error:
            return Search(tuple(tests), str(error))
    return Search(tuple(tests))


def _test(word: str, today: date, *, quoted: bool) -> Test:
    key, colon, value = word.partition(":")
    if quoted or not colon or key not in KEYS:
        return (None if quoted else _bare(word, today)) or (lambda run: word in _all_text(run))
    if not value:
        return lambda _run: True  # still being typed
    if key == "run":
        return _numbered(value)
    if key in ("since", "until", "on"):
        first, after = _days(value, today)
        if key == "since":
            return lambda run: _day(run) >= first
        if key == "until":
            return lambda run: _day(run) < after
        return lambda run: first <= _day(run) < after
    if key == "tag":
        return lambda run: any(value in tag.casefold() for tag in run.tags)
    return lambda run: value in str(getattr(run, key)).casefold()


def _bare(word: str, today: date) -> Test | None:
    if word in ("starred", "★"):
        return lambda run: run.starred
    if word in ("today", "yesterday") or _DATE.fullmatch(word):
        try:
            first, after = _days(word, today)
        except ValueError:
            return None
        if len(word) == 4:  # a year, or the number of a run
            return lambda run: first <= _day(run) < after or word in _all_text(run)
        return lambda run: first <= _day(run) < after
    return None


def _numbered(value: str) -> Test:
    low, dash, high = value.partition("-")
    if not low.isdigit() or (dash and high and not high.isdigit()):
        raise ValueError(f"run:{value} is no number and no range of numbers, such as run:40-45.")
    first = int(low)
    last = int(high) if high else (10**12 if dash else first)
    return lambda run: first <= run.id <= last


def _days(text: str, today: date) -> tuple[date, date]:
    """Return the first day of a date, a month or a year, and the day after its last."""
    if text in ("today", "yesterday"):
        first = today - timedelta(days=text == "yesterday")
        return first, first + timedelta(days=1)
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text} is no date; write 2026, 2026-11, 2026-11-27, today or yesterday.")
    parts = [int(part) for part in text.split("-")]
    try:
        if len(parts) == 1:
            return date(parts[0], 1, 1), date(parts[0] + 1, 1, 1)
        if len(parts) == 2:
            year, month = parts
            return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
        first = date(*parts)
    except ValueError:
        raise ValueError(f"There is no date {text}.") from None
    return first, first + timedelta(days=1)


def _day(run: RunSummary) -> date:
    return run.started.astimezone().date()


def _all_text(run: RunSummary) -> str:
    parts = (
        str(run.id),
        run.protocol,
        run.device,
        run.status,
        run.operator,
        run.notes,
        run.message or "",
        *run.tags,
    )
    return " ".join(parts).casefold()
