"""The fingerprint of code follows what a function imports, through lazy packages, too."""

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dwmtj.simulators.sweeps import code_fingerprint as fingerprints
from dwmtj.simulators.sweeps.code_fingerprint import code_fingerprint
from dwmtj.simulators.sweeps.errors import SweepError

LAZY = """
import importlib
WHERE = {"area": "shapes", "twice": "numbers"}
def __getattr__(name):
    if name not in WHERE:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"lab_room.{WHERE[name]}"), name)
"""
FILES = {
    "lab_room/__init__.py": LAZY,
    "lab_room/__init__.pyi": "from .numbers import twice\nfrom .shapes import area\n",
    "lab_room/shapes.py": "from .units import METRE\ndef area(x):\n    return x * METRE\n",
    "lab_room/units.py": "METRE = 1\n",
    "lab_room/numbers.py": "def twice(x):\n    return 2 * x\n",
    "lab_task.py": "from lab_room import area\ndef compute(x):\n    return area(x)\n",
    "lab_whole.py": "import lab_room\ndef compute(x):\n    return lab_room.twice(x)\n",
}


@pytest.fixture
def fingerprint_of(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], str]]:
    """Return the fingerprint of a module's `compute`, with the files as they are then."""
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    monkeypatch.syspath_prepend(tmp_path)

    def find(module: str) -> str:
        fingerprints._of_file.cache_clear()
        return code_fingerprint(importlib.import_module(module).compute)

    yield find
    fingerprints._of_file.cache_clear()
    for name in [name for name in sys.modules if name.startswith("lab_")]:
        del sys.modules[name]


@pytest.mark.parametrize("changed", ["shapes", "units"])
def test_code_behind_a_lazy_package_counts(
    changed: str, fingerprint_of: Callable[[str], str], tmp_path: Path
) -> None:
    before = fingerprint_of("lab_task")
    path = tmp_path / "lab_room" / f"{changed}.py"
    path.write_text(f"{path.read_text()}EXTRA = 1\n")
    assert fingerprint_of("lab_task") != before


def test_names_of_a_lazy_package_that_are_not_imported_do_not_count(
    fingerprint_of: Callable[[str], str], tmp_path: Path
) -> None:
    before = fingerprint_of("lab_task")
    (tmp_path / "lab_room" / "numbers.py").write_text("def twice(x):\n    return x + x\n")
    assert fingerprint_of("lab_task") == before


def test_all_names_of_a_lazy_package_that_is_imported_whole_count(
    fingerprint_of: Callable[[str], str], tmp_path: Path
) -> None:
    before = fingerprint_of("lab_whole")
    (tmp_path / "lab_room" / "numbers.py").write_text("def twice(x):\n    return x + x\n")
    changed = fingerprint_of("lab_whole")
    assert changed != before
    (tmp_path / "lab_room" / "units.py").write_text("METRE = 2\n")
    assert fingerprint_of("lab_whole") != changed


def test_comments_docstrings_and_layout_do_not_count(
    fingerprint_of: Callable[[str], str], tmp_path: Path
) -> None:
    before = fingerprint_of("lab_task")
    (tmp_path / "lab_room" / "units.py").write_text('"""Units."""\n\n# SI\nMETRE  =  1\n')
    assert fingerprint_of("lab_task") == before


def test_a_function_without_source_is_refused() -> None:
    with pytest.raises(SweepError, match="has no source file"):
        code_fingerprint(len)
