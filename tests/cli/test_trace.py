"""`--trace` and `dwmtj trace show`, as a user types them."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj import DwmtjError
from dwmtj.cli import trace
from dwmtj.instruments.tracing import TraceError
from dwmtj.tests.command_line import dwmtj

BEGAN = datetime(2026, 7, 1, 21, 59, 50, tzinfo=UTC)
HEADER = {"trace": "dwmtj", "version": 1, "time": BEGAN.isoformat(), "pid": 1, "command": "a night"}


def exchange(at_s: float, operation: str, text: str, **more: object) -> dict[str, object]:
    return {
        "time": (BEGAN + timedelta(seconds=at_s)).isoformat(),
        "at_s": at_s,
        "pid": 1,
        "thread": "MainThread",
        "step": f"run 1/point {int(at_s)}/fire",
        "instrument": "GPIB0::10::INSTR",
        "operation": operation,
        "took_s": 0.002,
        "text": text,
        "bytes": len(text),
        "outcome": "ok",
        **more,
    }


def as_line(content: dict[str, object]) -> str:
    return json.dumps(content, separators=(",", ":")) + "\n"


@pytest.fixture
def night(tmp_path: Path) -> Path:
    """Five exchanges, 10 s apart, from 21:59:50 UTC on; one fails, one is with another meter."""
    failing = "VI_ERROR_TMO: Timeout expired before operation completed."
    lines = [
        HEADER,
        exchange(0, "write", "*TRG\n"),
        exchange(10, "write", "*IDN?\n", took_s=0.006),
        exchange(20, "read", "", took_s=2.0, outcome=failing),
        exchange(30, "read", "KEITHLEY\n", instrument="GPIB0::24::INSTR"),
        exchange(40, "read", "xy\n", bytes=1000),
    ]
    file = tmp_path / "night.jsonl"
    file.write_text("".join(as_line(line) for line in lines))
    return file


def shown(file: Path, *options: str) -> list[str]:
    result = CliRunner().invoke(trace.app, ["show", str(file), *options], catch_exceptions=False)
    assert result.exit_code == 0
    return [line for line in result.stdout.splitlines() if not line.startswith("—")]


def local(at_s: float, pattern: str) -> str:
    return f"{(BEGAN + timedelta(seconds=at_s)).astimezone():{pattern}}"


def test_a_trace_is_shown_line_by_line(night: Path) -> None:
    lines = shown(night)
    assert len(lines) == 6
    assert lines[0].endswith("process 1: a night")
    assert lines[1].split() == [
        local(0, "%H:%M:%S.%f"),
        "2.000",
        "GPIB0::10::INSTR",
        "write",
        r"*TRG\n",
    ]
    assert lines[5].endswith(r"xy\n… (1000 bytes)")


@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (["--errors"], [20]),
        (["--instrument", "gpib0::24"], [30]),
        (["--step", "run 1/point 10"], [10]),
        (["--step", "point 1"], []),
        (["--step", "fire"], [0, 10, 20, 30, 40]),
        (
            ["--since", local(10, "%Y-%m-%d %H:%M:%S"), "--until", local(30, "%H:%M:%S")],
            [10, 20, 30],
        ),
        (["--since", local(10, "%H:%M")], [10, 20, 30, 40]),
        (["--errors", "--instrument", "GPIB0::24"], []),
    ],
)
def test_filters_keep_what_they_name(night: Path, options: list[str], kept: list[int]) -> None:
    times = [line.split()[0] for line in shown(night, *options) if "process" not in line]
    assert times == [local(at_s, "%H:%M:%S.%f") for at_s in kept]


def test_the_summary_counts_times_bytes_errors_and_gaps(
    night: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwmtj.cli.console.out.width", 160)
    result = CliRunner().invoke(trace.app, ["show", str(night), "--summary"])
    first, second = (line.split("│") for line in result.stdout.splitlines() if "INSTR" in line)
    cells = [cell.strip() for cell in first[1:-1]]
    gap = f"18.000 until {local(40, '%H:%M:%S')}"
    sent_and_received = f"{len('*TRG*IDN?') + 2} / 1000"
    assert cells == [
        "GPIB0::10::INSTR", "4", "1", sent_and_received, "2.010", "4.000 / 2000.000", gap
    ]  # fmt: skip
    assert [cell.strip() for cell in second[1:4]] == ["GPIB0::24::INSTR", "1", "0"]


def test_lines_that_cannot_be_read_are_counted_and_the_others_shown(night: Path) -> None:
    with night.open("a") as file:
        file.write('{"time": "2026-07-01T22:00:40+00:00", "at_s": 5\n[1, 2]\n\x00\n')
    result = CliRunner().invoke(trace.app, ["show", str(night)])
    assert "3 lines of" in result.stderr
    assert len(result.stdout.splitlines()) == 1 + 6


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "is not a trace"), (b"point,cycle\n", "is not a trace"), (None, "cannot be read")],
)
def test_another_file_is_refused_in_one_sentence(
    tmp_path: Path, content: bytes | None, told: str
) -> None:
    file = tmp_path / "file"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TraceError, match=told):
        CliRunner().invoke(trace.app, ["show", str(file)], catch_exceptions=False)


def test_a_time_that_is_none_is_refused(night: Path) -> None:
    with pytest.raises(DwmtjError, match="is no time"):
        CliRunner().invoke(
            trace.app, ["show", str(night), "--since", "yesterday"], catch_exceptions=False
        )


def test_a_large_trace_is_shown_in_full(night: Path) -> None:
    with night.open("a") as file:
        file.writelines(as_line(exchange(50 + n / 1e3, "write", "*TRG\n")) for n in range(100_000))
    assert len(shown(night, "--instrument", "GPIB0::10")) == 100_004


def test_a_traced_run_can_be_looked_into_afterwards(tmp_path: Path) -> None:
    ran = dwmtj(
        tmp_path, "--trace", "t.jsonl", "run", "staircase-write", "-p", "amplitude_step_V=1"
    )
    assert ran.returncode == 0, ran.stderr
    told = dwmtj(tmp_path, "trace", "show", "t.jsonl", "--step", "run 1/point 3/fire")
    assert told.stdout.count("*TRG") == 1
    assert " --trace t.jsonl run" in dwmtj(tmp_path, "trace", "show", "t.jsonl").stdout


def test_the_variable_traces_every_command_into_one_file(tmp_path: Path) -> None:
    for _ in range(2):
        checked = dwmtj(tmp_path, "bench", "check", DWMTJ_TRACE="all.jsonl")
        assert checked.returncode == 0, checked.stderr
    told = dwmtj(tmp_path, "trace", "show", "all.jsonl", DWMTJ_TRACE="all.jsonl")
    assert told.stdout.count("bench check") == 2


@pytest.mark.parametrize("place", ["no/folder/t.jsonl", "run.csv", "."])
def test_a_trace_that_cannot_be_written_is_one_sentence_and_measures_nothing(
    tmp_path: Path, place: str
) -> None:
    (tmp_path / "run.csv").write_text("point\n")
    ran = dwmtj(tmp_path, "--trace", place, "run", "saturate")
    assert ran.returncode == 2
    assert ran.stderr.startswith("error: ")
    assert "Traceback" not in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["run.csv"]
    assert (tmp_path / "run.csv").read_text() == "point\n"
