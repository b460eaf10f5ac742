"""Every command and example of the documentation runs as it is printed, in the page's order."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.tests.docs.page_session import PageSession
from dwmtj.tests.docs.pages import AFTER, Step, pages, steps

STEPS = [
    pytest.param(step, id=str(step), marks=pytest.mark.xdist_group(AFTER.get(page.name, page).name))
    for page in pages()
    for step in steps(page)
]


@pytest.mark.parametrize("step", STEPS)
def test_a_step_of_a_page_runs_as_printed(
    step: Step, session: Callable[[Path], PageSession]
) -> None:
    session(step.page).run_to(step)
