"""Every criterion checked on every run that measures its quantity."""

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import AnalysisError
from .catalogue import QUANTITIES
from .criterion import Criterion
from .file import CriteriaFile
from .measured import Measured, OtherKindError
from .run_results import RunResults
from .verdict import Answer, Verdict, judge


@dataclass(frozen=True, slots=True)
class Finding:
    """A criterion and what a run says about it; without a run where none says anything."""

    criterion: Criterion
    verdict: Verdict
    run: RunResults | None = None
    measured: Measured | None = None

    @property
    def answer(self) -> Answer:
        return self.verdict.answer


@dataclass(frozen=True, slots=True)
class Comparison:
    """The findings of a criteria file on some runs, with its title and source."""

    title: str
    source: str
    findings: tuple[Finding, ...]

    @property
    def any_outside(self) -> bool:
        return any(finding.answer is Answer.NO for finding in self.findings)


def compare(runs: Sequence[RunResults], file: CriteriaFile, title: str = "Criteria") -> Comparison:
    """Check runs against a criteria file; `title` stands in for one that has none."""
    return Comparison(file.title or title, file.source, check_runs(runs, file.criteria))


def check_runs(runs: Sequence[RunResults], criteria: Sequence[Criterion]) -> tuple[Finding, ...]:
    """Return a finding for each criterion and each run that measures its quantity.

    Runs of other kinds are passed over; a criterion that none of the runs is about has one finding,
    with the reason.
    """
    for run in runs:
        run.take_levels_from(runs)
    return tuple(found for criterion in criteria for found in _check(runs, criterion))


def _check(runs: Sequence[RunResults], criterion: Criterion) -> list[Finding]:
    chosen = [
        run
        for run in runs
        if criterion.device in ("", run.device) and criterion.protocol in ("", run.protocol)
    ]
    findings: list[Finding] = []
    others: dict[str, list[int]] = {}
    for run in chosen:
        try:
            measured = QUANTITIES[criterion.quantity].measure(run, criterion)
        except OtherKindError as error:
            others.setdefault(str(error), []).append(run.id)
        except AnalysisError as error:
            verdict = Verdict(Answer.NOT_MEASURED, str(error).rstrip("."))
            findings.append(Finding(criterion, verdict, run))
        else:
            findings.append(Finding(criterion, judge(measured, criterion), run, measured))
    if findings:
        return findings
    reasons = [f"{why} in run {', '.join(map(str, ids))}" for why, ids in others.items()]
    reason = "; ".join(reasons) or _none_chosen(criterion)
    return [Finding(criterion, Verdict(Answer.NOT_MEASURED, reason))]


def _none_chosen(criterion: Criterion) -> str:
    asked = [
        f"{what} {value}"
        for what, value in (("device", criterion.device), ("protocol", criterion.protocol))
        if value
    ]
    return f"none of the runs is of {' and '.join(asked) or 'any kind'}"
