"""The documentation's examples run as they stand."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dwmtj.simulators.bench import forget_labs, open_lab
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
    toml, _ = blocks("virtual-bench.md", "toml")
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


@pytest.mark.parametrize("model", ["81160A", "2400", "BOP 36-12", "425", "2750"])
def test_commands_listed_as_not_simulated_are_undefined(model: str) -> None:
    page = (DOCS.parent / "reference" / "virtual-bench.md").read_text(encoding="utf-8")
    section = page.partition("## Commands that are not simulated")[2]
    (listed,) = re.findall(rf"- \*\*{re.escape(model)}\*\*(.*?)(?=\n- |\Z)", section, re.DOTALL)
    headers = re.findall(r"`([^`]+)`", listed)
    instruments = open_lab("array?name=undefined").instruments.values()
    (instrument,) = (one for one in instruments if one.model.name == model)
    assert len(headers) > 10
    for header in headers:
        for message in (f"{header}?", f"{header} 1"):
            instrument.errors.clear()
            assert instrument.execute(message) is None
            assert [error.code for error in instrument.errors] == [-113], message
