"""The whole campaign of faults, as `python3 make.py soak [RESULTS]`: over a thousand runs.

Every verdict is a line of RESULTS (soak.jsonl if not given), so that a campaign can be stopped and
resumed. At its end it prints the table of docs/explanation/reliability.md.
"""

import json
import logging
import multiprocessing
import os
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from rich.progress import Progress

from dwmtj.tests.campaign.campaign import Case, Verdict, all_cases, run_case

RUNS_PER_PROCESS = 40


def main(arguments: list[str]) -> int:
    results = Path(arguments[0] if arguments else "soak.jsonl")
    done = _read(results)
    cases = [case for case in all_cases() if str(case) not in done]
    spawning = multiprocessing.get_context("spawn")
    with (
        results.open("a", encoding="utf-8") as file,
        Progress() as progress,
        spawning.Pool(os.cpu_count(), maxtasksperchild=RUNS_PER_PROCESS) as pool,
    ):
        bar = progress.add_task("runs", total=len(cases) + len(done), completed=len(done))
        for line in pool.imap_unordered(judge, cases):
            done[line["case"]] = line
            file.write(json.dumps(line) + "\n")
            file.flush()
            progress.advance(bar)
            if line["wrong"]:
                progress.print(f"{line['case']}: {'; '.join(line['wrong'])}")
    print(table(list(done.values())))
    return int(any(line["wrong"] for line in done.values()))


def judge(case: Case) -> dict[str, Any]:
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        try:
            verdict = run_case(case, Path(folder))
        except Exception as error:
            verdict = Verdict(case, wrong=[f"cannot be judged: {error!r}"])
    return _line(verdict)


def _line(verdict: Verdict) -> dict[str, Any]:
    fault = verdict.case.fault
    return {
        "case": str(verdict.case),
        "instrument": fault.instrument,
        "fault": fault.kind,
        "status": verdict.status,
        "struck": verdict.struck,
        "points": verdict.points,
        "duration_s": round(verdict.duration_s, 2),
        "wrong": verdict.wrong,
    }


def _read(results: Path) -> dict[str, dict[str, Any]]:
    if not results.exists():
        return {}
    lines = map(json.loads, results.read_text(encoding="utf-8").splitlines())
    return {line["case"]: line for line in lines}


def table(lines: list[dict[str, Any]]) -> str:
    """Return the campaign as a table: how the runs of each fault ended, and what went wrong."""
    by_fault: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for line in lines:
        counts = by_fault[line["fault"]]
        counts["runs"] += 1
        counts["struck"] += bool(line["struck"])
        counts[line["status"]] += 1
        counts["wrong"] += bool(line["wrong"])
        counts["points"] += line["points"]
    by_fault["all"] = sum(by_fault.values(), Counter())
    columns = ("runs", "struck", "finished", "failed", "not begun", "points", "wrong")
    rows = [["fault", *columns], ["---", *["---:"] * len(columns)]]
    rows += [[name, *(str(counts[c]) for c in columns)] for name, counts in by_fault.items()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
