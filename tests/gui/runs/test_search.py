"""What a search of runs finds."""

from datetime import UTC, date, datetime

import pytest

from dwmtj.gui.runs.model import RunModel
from dwmtj.gui.runs.search import search_for
from dwmtj.storage import RunSummary, Status

TODAY = date(2026, 11, 27)


def run(number: int, day: int, **changes: object) -> RunSummary:
    values: dict[str, object] = {
        "protocol": "staircase-write",
        "device": "W7-B4",
        "status": Status.FINISHED,
        "message": None,
        "operator": "Ada",
        "notes": "fresh tip",
    }
    started = datetime(2026, 11, day, 12, tzinfo=UTC)
    return RunSummary(
        id=number,
        points=1,
        points_expected=1,
        attempt=1,
        started=started,
        finished=started,
        **(values | changes),  # type: ignore[arg-type]
    )


RUNS = [
    run(1, 2, notes="old tip", starred=True),
    run(2, 26, protocol="minor-loop", tags=("good",)),
    run(3, 27, device="W8", status=Status.FAILED, message="The meter does not answer."),
    run(42, 27, operator="Eve"),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [1, 2, 3, 42]),
        ("tip FRESH", [2, 3, 42]),
        ('"old tip"', [1]),
        ("device:w7", [1, 2, 42]),
        ("status:failed", [3]),
        ("meter", [3]),
        ("protocol:minor", [2]),
        ("tag:good", [2]),
        ("operator:eve", [42]),
        ("starred", [1]),
        ("run:42", [42]),
        ("run:2-3", [2, 3]),
        ("run:3-", [3, 42]),
        ("today", [3, 42]),
        ("yesterday", [2]),
        ("2026-11", [1, 2, 3, 42]),
        ("2026-10", []),
        ("2026-11-02", [1]),
        ("since:2026-11-26", [2, 3, 42]),
        ("until:2026-11-26", [1, 2]),
        ("since:yesterday until:yesterday", [2]),
        ("device:w7 status:finished tip today", [42]),
        ("42", [42]),
        ("device:", [1, 2, 3, 42]),
    ],
)
def test_a_search_finds_the_runs_that_meet_all_its_parts(text: str, found: list[int]) -> None:
    search = search_for(text, TODAY)
    assert search.problem == ""
    assert [each.id for each in search.find(RUNS)] == found


@pytest.mark.parametrize("text", ["since:soon", "on:2026-13", "run:x", "until:2026-02-30"])
def test_a_part_that_is_not_understood_is_named_in_a_sentence(text: str) -> None:
    assert text.partition(":")[2] in search_for(text, TODAY).problem


def test_a_run_is_found_by_what_was_just_written_about_it() -> None:
    model = RunModel()
    model.replace_all(RUNS)
    model.set_search("grown")
    assert model.runs == []
    model.annotate(2, notes="as grown")
    model.set_search("grown")
    assert [each.id for each in model.runs] == [2]
