"""The documentation's examples run as they stand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dwmtj.simulators.bench import forget_labs
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.bench.models.registry import MODELS

DOCS = Path(__file__).parents[3] / "docs" / "how-to"


@pytest.fixture(autouse=True)
def fresh_labs() -> Iterator[None]:
    forget_labs()
    known = dict(MODELS)
    yield
    MODELS.clear()
    MODELS.update(known)
    forget_labs()


def blocks(page: str, language: str) -> list[str]:
    text = (DOCS / page).read_text(encoding="utf-8")
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(page: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": page}
    for block in blocks(page, "python"):
        exec(compile(block, page, "exec"), namespace)
    return namespace


def test_the_page_on_the_virtual_bench_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    namespace = run("virtual-bench.md")
    printed = capsys.readouterr().out
    before, after = re.findall(r"([\d.]+) Ω", printed)
    assert float(before) == pytest.approx(100.0, abs=2.0)
    assert float(after) == pytest.approx(67.0, abs=3.0)
    assert "0.0497" in printed
    assert "TCPIP::127.0.0.1::" in printed
    namespace["manager"].close()
    (toml,) = blocks("virtual-bench.md", "toml")
    path = tmp_path / "lab.toml"
    path.write_text(toml, encoding="utf-8")
    assert read_lab_file(str(path)).seed == 3


def test_the_worked_example_of_a_new_instrument_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    namespace = run("add-an-instrument.md")
    assert namespace["coil_V"] == pytest.approx(6.0, abs=1e-3)
    namespace["manager"].close()
