"""One fault a run: nothing wrong is stored, no limit is passed, nothing is left on, nothing hangs.

These are the faults that did harm once; `python3 make.py soak` runs every one of them.
"""

from pathlib import Path

import pytest

from dwmtj.tests.campaign.campaign import PROTOCOLS, Case, Moment, all_cases, run_case
from dwmtj.tests.campaign.proxy import Fault, FaultKind

CASES = [
    Case(protocol, Fault(instrument, kind), moment)
    for protocol, instrument, kind, moment in (
        ("staircase-write", "BOP 36-12", FaultKind.OVERFLOW, Moment.SAFE_STATE),
        ("minor-loop", "BOP 36-12", FaultKind.WRONG_SIGN, Moment.RAMP),
        ("saturate", "BOP 36-12", FaultKind.TRIPPED, Moment.RAMP),
        ("staircase-write", "2400", FaultKind.EXTRA_LINE, Moment.MIDDLE),
        ("reset", "2400", FaultKind.OVERFLOW, Moment.MIDDLE),
        ("read-series", "2400", FaultKind.IGNORED, Moment.SAFE_STATE),
        ("staircase-write", "81160A", FaultKind.TRIPPED, Moment.MIDDLE),
        ("repeated-ramp", "81160A", FaultKind.IGNORED, Moment.MIDDLE),
        ("write-reset-cycling", "81160A", FaultKind.DROPPED, Moment.MIDDLE),
        ("minor-loop", "425", FaultKind.GARBAGE, Moment.RAMP),
        ("read-array", "2750", FaultKind.TRUNCATED, Moment.MIDDLE),
    )
]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_does_no_harm(case: Case, tmp_path: Path) -> None:
    verdict = run_case(case, tmp_path)
    assert verdict.wrong == []
    assert verdict.struck


def test_every_protocol_instrument_and_fault_is_in_the_campaign() -> None:
    cases = list(all_cases())
    assert len(cases) == len(set(cases)) > 1000
    assert {case.protocol for case in cases} == set(PROTOCOLS)
    assert {case.fault.kind for case in cases} == set(FaultKind)
