"""The examples run as they are."""

from pathlib import Path

import pytest

from dwmtj.instruments import load_bench_file
from dwmtj.tests.fork_server import run_forked

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.name)
def test_an_example_runs(example: Path, tmp_path: Path) -> None:
    result = run_forked(tmp_path, [example])
    assert result.returncode == 0, result.stderr
    assert "Ω" in result.stdout


@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.toml")), ids=lambda path: path.name)
def test_an_example_bench_is_valid(example: Path) -> None:
    assert load_bench_file(example).visa_library == ""
