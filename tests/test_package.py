"""The package as it is installed: one import name, everything in it, nothing beside it."""

import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NOT_PACKAGED = {"tests", "benchmarks", "docs", "examples", "build", "demo", "site"}
LAZY = sorted(
    ".".join(("dwmtj", *stub.relative_to(ROOT).parent.parts))
    for stub in ROOT.rglob("__init__.pyi")
    if not stub.relative_to(ROOT).parts[0].startswith(".")
)
FIRST_SCRIPT = (
    (ROOT / "docs" / "how-to" / "measure.md")
    .read_text(encoding="utf-8")
    .partition("## From a script")[2]
    .partition("```python\n")[2]
    .partition("```")[0]
)
HOSTILE = ("analysis", "storage", "cli", "gui", "protocols", "simulators", "errors", "station")


def rooms() -> list[Path]:
    """Return the folders of the repository that belong to the package."""
    found = (init.parent.relative_to(ROOT) for init in ROOT.rglob("__init__.py"))
    return sorted(
        room
        for room in found
        if not room.parts or not (room.parts[0] in NOT_PACKAGED or room.parts[0].startswith("."))
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the names of the files in a wheel built from a copy of the sources."""
    folder = tmp_path_factory.mktemp("sources")
    ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "*.egg-info", "*.sqlite*")
    shutil.copytree(ROOT, folder / "a-checkout", ignore=ignored)
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    built = subprocess.run(
        [*pip, "-w", folder, folder / "a-checkout"], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def test_the_wheel_holds_the_package_and_the_back_end_and_nothing_else(wheel: list[str]) -> None:
    top_level = {name.partition("/")[0] for name in wheel}
    assert {name for name in top_level if not name.endswith(".dist-info")} == {
        "dwmtj",
        "pyvisa_dwmtj.py",
    }
    in_the_root = {name for name in wheel if name.startswith("dwmtj/") and name.count("/") == 1}
    assert in_the_root == {
        f"dwmtj/{name}"
        for name in (
            "__init__.py",
            "__init__.pyi",
            "__main__.py",
            "arrays.py",
            "compiled.py",
            "errors.py",
            "lab_address.py",
            "py.typed",
            "quantities.py",
            "validation.py",
            "wafer_map.py",
            "wording.py",
        )
    }
    assert {name.split("/")[1] for name in wheel if name.count("/") > 1} - NOT_PACKAGED == {
        room.parts[0] for room in rooms() if room.parts
    } | {"licenses"}


def test_the_wheel_holds_every_file_that_the_rooms_read(wheel: list[str]) -> None:
    data = {
        path.relative_to(ROOT).as_posix()
        for room in rooms()
        if room.parts
        for path in (ROOT / room).rglob("*")
        if path.is_file() and path.suffix not in {".pyc", ".nbi", ".nbc", ".sqlite"}
    }
    assert {f"dwmtj/{name}" for name in data} <= set(wheel)


def test_every_folder_of_the_package_is_listed() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    assert setup["setuptools"]["packages"] == [".".join(("dwmtj", *room.parts)) for room in rooms()]


@pytest.mark.parametrize("package", LAZY)
def test_every_public_name_of_a_room_can_be_imported(package: str) -> None:
    room = import_module(package)
    assert room.__all__
    for name in room.__all__:
        assert getattr(room, name) is not None


def test_importing_the_front_door_imports_no_heavy_library() -> None:
    script = (
        "import sys, dwmtj; dwmtj.DwmtjError;"
        "heavy = {'torch', 'pandas', 'matplotlib', 'numba', 'scipy', 'sqlalchemy', 'numpy'};"
        "sys.exit(', '.join(heavy & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """A folder whose own modules are called as the project's rooms are."""
    for name in HOSTILE:
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')\n")
    (tmp_path / "instruments").mkdir()
    (tmp_path / "instruments" / "__init__.py").write_text("raise SystemExit('the wrong package')\n")
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-m", "dwmtj", "protocols"),
        (str(Path(sys.executable).with_name("dwmtj")), "protocols"),
        (sys.executable, "-c", "import pyvisa; pyvisa.ResourceManager('@dwmtj').close()"),
        (sys.executable, "-c", FIRST_SCRIPT),
        (sys.executable, "-c", "import dwmtj; [getattr(dwmtj, name) for name in dwmtj.__all__]"),
    ],
    ids=["module", "command", "back end", "first script", "names"],
)
def test_modules_of_the_same_names_beside_a_script_do_no_harm(
    command: tuple[str, ...], hostile: Path
) -> None:
    done = subprocess.run(command, cwd=hostile, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_pyvisa_lists_the_back_end() -> None:
    command = Path(sys.executable).with_name("pyvisa-info")
    listed = subprocess.run([command], capture_output=True, text=True, check=True)
    assert "Virtual bench" in listed.stdout
