"""Commands that are refused."""

import logging
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.cli import app


@pytest.fixture
def refused(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run a command in a folder, which must end with exit code 2; return the sentence it printed.

    It runs in this process: one of its own takes seconds to import what is imported here once.
    """

    def run(folder: Path, *arguments: str) -> str:
        with monkeypatch.context() as patched, pytest.raises(SystemExit) as ended:
            patched.chdir(folder)
            patched.delenv("DWMTJ_DATABASE", raising=False)
            patched.setattr(sys, "argv", ["dwmtj", *arguments])
            patched.setattr(logging, "lastResort", None)
            app.main()
        printed = capfd.readouterr()
        assert ended.value.code == 2, printed.out + printed.err
        assert "Traceback" not in printed.err
        sentence = printed.err.strip().splitlines()[-1]
        assert sentence.lower().startswith("error: ")
        return sentence

    return run
