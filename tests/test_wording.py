"""Numbers with their nouns."""

import pytest

from dwmtj.wording import counted, with_article


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 runs"), (1, "1 run"), (2, "2 runs"), (12345, "12,345 runs")]
)
def test_a_noun_follows_its_number(count: int, text: str) -> None:
    assert counted(count, "run") == text


def test_a_plural_of_its_own_is_taken() -> None:
    assert [counted(count, "entry", "entries") for count in (1, 2)] == ["1 entry", "2 entries"]


def test_an_article_suits_the_noun() -> None:
    assert with_article("adaptive-threshold") == "an adaptive-threshold"
    assert with_article("staircase-write") == "a staircase-write"
