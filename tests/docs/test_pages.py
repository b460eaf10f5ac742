"""Every command and example of the documentation runs as it is printed, in the page's order."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.storage import Store
from dwmtj.tests.docs.page_session import PageSession
from dwmtj.tests.docs.pages import DOCS, LONG, Step, pages, steps

SKIPS_LONG = pytest.mark.skipif(
    "DWMTJ_ALL_PAGES" not in os.environ, reason="takes minutes; python3 make.py pages runs it"
)


STEPS = [
    pytest.param(step, id=str(step), marks=[SKIPS_LONG] if page in LONG else [])
    for page in pages()
    for step in steps(page)
]
TUTORIAL = DOCS / "tutorials" / "network-on-an-array.md"


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_page_runs_as_printed(
    step: Step, session: Callable[[Path], PageSession]
) -> None:
    session(step.page).run_to(step)


@SKIPS_LONG
def test_the_tutorial_ends_with_a_network_that_works_on_the_array(
    session: Callable[[Path], PageSession],
) -> None:
    folder = session(TUTORIAL).finish()
    with Store.open(folder / "dwmtj.sqlite", create=False) as store:
        (result,) = store.results("network-program")
    assert result.data["writing"]["written"] == 2560
    accuracy = {stage["name"]: stage["accuracy"] for stage in result.data["stages"]}
    assert accuracy["as written"] > 0.8
    assert accuracy["as written"] == pytest.approx(accuracy["on levels"], abs=0.1)
