"""Compiled functions compute what they say, and forget machine code older than their folder."""

import os
import subprocess
import sys
from pathlib import Path

CALLED = "from dwmtj.compiled import compiled\n\n@compiled\ndef factor() -> float:\n    return {}\n"
CALLER = (
    "import called\nfrom dwmtj.compiled import compiled\n\n"
    "factor = called.factor\n\n@compiled\ndef scaled(x: float) -> float:\n    return factor() * x\n"
)


def scaled(folder: Path) -> str:
    script = "import caller; print(caller.scaled(3.0))"
    run = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return run.stdout.strip()


def test_a_function_is_compiled_again_when_one_that_it_calls_changes(tmp_path: Path) -> None:
    (tmp_path / "called.py").write_text(CALLED.format("2.0"), encoding="utf-8")
    (tmp_path / "caller.py").write_text(CALLER, encoding="utf-8")
    assert scaled(tmp_path) == "6.0"
    assert list(tmp_path.glob("__pycache__/caller*.nbi"))
    (tmp_path / "called.py").write_text(CALLED.format("5.0"), encoding="utf-8")
    assert scaled(tmp_path) == "15.0"
