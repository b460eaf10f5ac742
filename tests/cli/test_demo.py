"""The demo measures both synapses and finds the paper's numbers."""

from pathlib import Path

from dwmtj.storage import Store
from dwmtj.tests.command_line import dwmtj


def test_the_demo_prints_both_tables_and_leaves_figures_and_runs(tmp_path: Path) -> None:
    result = dwmtj(tmp_path, "demo")
    assert result.returncode == 0, result.stderr
    assert "Trapezoidal synapse: 16 of 16 within\n" in result.stdout
    assert "Straight synapse: 11 of 11 within\n" in result.stdout
    for figure in ("trapezoid.png", "straight.png"):
        assert (tmp_path / "demo" / figure).read_bytes().startswith(b"\x89PNG")
    with Store.open(tmp_path / "demo" / "demo.sqlite") as store:
        assert [run.status for run in store.runs()] == 5 * ["finished"]
