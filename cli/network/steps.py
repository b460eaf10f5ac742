"""The runs of `dwmtj network program` with progress, and how to repeat one that did not finish."""

from typing import Any

import typer

from ...instruments import Bench
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.procedure import BenchProcedure
from ...protocols.running.runner import RunOutcome
from ...storage import Store
from ...wording import counted
from ..console import print_line, print_message
from ..measure import measure


class ArrayRuns:
    """Runs the protocols of an array, as the runner does; `command` repeats them."""

    def __init__(self, command: str, written: int | None) -> None:
        self._command = command
        self._written = written  # the run that wrote the array, once it is known

    def __call__(
        self,
        procedure: BenchProcedure,
        bench: Bench,
        store: Store,
        *,
        resume: int | None = None,
        **about: Any,
    ) -> RunOutcome:
        """Run a protocol; raises what `measure` raises."""
        is_writing = isinstance(procedure, WriteVerify)
        try:
            outcome = measure(
                procedure,
                bench,
                store,
                "write" if is_writing else "read",
                resume_command=self._command if is_writing else "",
                cycles=procedure.expected_cycles(),
                resume=resume,
                **about,
            )
        except typer.Exit:
            if not is_writing:
                print_message(
                    "The array is written; read it again with "
                    f"{self._command} --resume {self._written}"
                )
            raise
        if is_writing:
            self._written = outcome.run_id
        print_line(
            f"run {outcome.run_id}: {outcome.status}, {counted(outcome.points, 'point')} in "
            f"{store.place}"
        )
        return outcome
