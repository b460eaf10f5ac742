"""The search of runs: words, `device:W7`, `status:failed`, dates, tags and stars, all to be met."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

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
    """Tests, and words that may be anywhere; `problem` is a sentence about what is wrong."""

    tests: tuple[Test, ...] = ()
    words: tuple[str, ...] = ()
    problem: str = ""

    def find(
        self, runs: Iterable[RunSummary], text_of: Callable[[RunSummary], str] | None = None
    ) -> list[RunSummary]:
        """Return the runs that meet every part, in their order; `text_of` may remember texts."""
        found, text_of = list(runs), text_of or all_text
        for test in self.tests:
            found = [run for run in found if test(run)]
        for word in self.words:
            found = [run for run in found if word in text_of(run)]
        return found


def search_for(text: str, today: date | None = None) -> Search:
    """Return the search that a text describes; every part has to be met."""
    day = today or datetime.now().astimezone().date()
    tests: list[Test] = []
    words: list[str] = []
    problem = ""
    for match in _PART.finditer(text):
        word = (match[1] if match[1] is not None else match[2]).casefold()
        try:
            test = None if match[1] is not None else _test(word, day)
        except ValueError as error:
            problem = str(error)
            break
        if test is None:
            words.append(word)
        else:
            tests.append(test)
    return Search(tuple(tests), tuple(words), problem)


def _test(word: str, today: date) -> Test | None:
    """Return the test of a part of a search; None for a word that may be anywhere."""
    key, colon, value = word.partition(":")
    if not colon or key not in KEYS:
        return _bare(word, today)
    if not value:
        return lambda _run: True  # still being typed
    if key == "run":
        return _numbered(value)
    if key in ("since", "until", "on"):
        begin, end = _span(value, today)
        if key == "since":
            return lambda run: run.started >= begin
        if key == "until":
            return lambda run: run.started < end
        return lambda run: begin <= run.started < end
    if key == "tag":
        return lambda run: any(value in tag.casefold() for tag in run.tags)
    return lambda run: value in str(getattr(run, key)).casefold()


def _bare(word: str, today: date) -> Test | None:
    if word in ("starred", "★"):
        return lambda run: run.starred
    if word in ("today", "yesterday") or _DATE.fullmatch(word):
        try:
            begin, end = _span(word, today)
        except ValueError:
            return None
        if len(word) == 4:  # a year, or the number of a run
            return lambda run: begin <= run.started < end or word in all_text(run)
        return lambda run: begin <= run.started < end
    return None


def _numbered(value: str) -> Test:
    low, dash, high = value.partition("-")
    if not low.isdigit() or (dash and high and not high.isdigit()):
        raise ValueError(f"run:{value} is no number and no range of numbers, such as run:40-45.")
    first = int(low)
    last = int(high) if high else (10**12 if dash else first)
    return lambda run: first <= run.id <= last


def _span(text: str, today: date) -> tuple[datetime, datetime]:
    """Return the first moment of a date, a month or a year here, and the first one after it."""
    first, after = _days(text, today)
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    """Return the begin of a day here, in UTC, as runs have it: comparing is ten times faster."""
    return datetime.combine(day, time()).astimezone(UTC)


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


def all_text(run: RunSummary) -> str:
    """Return everything in which words are looked for."""
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
