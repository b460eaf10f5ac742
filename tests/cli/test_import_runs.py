"""`dwmtj runs import` as a user types it."""

import shlex
from collections.abc import Callable
from pathlib import Path

from dwmtj.storage import Store
from dwmtj.tests.command_line import dwmtj

CASES = Path(__file__).parents[1] / "storage" / "importing" / "cases"


def test_a_mapping_is_guessed_and_printed_and_nothing_is_stored(tmp_path: Path) -> None:
    file = tmp_path / "two-devices.csv"
    file.write_bytes((CASES / file.name).read_bytes())
    shown = dwmtj(tmp_path, "runs", "import", file.name, "--show", "--where", "Wordline=2")
    assert shown.returncode == 0, shown.stderr
    assert "amplitude_V" in shown.stdout
    assert "rows left out by --where: 16" in shown.stdout
    command = shown.stdout.partition("To store it: dwmtj ")[2].strip()
    assert "--where Wordline=2" in command
    assert [path.name for path in tmp_path.iterdir()] == [file.name]
    stored = dwmtj(tmp_path, *shlex.split(command.replace("NAME", "D2")))
    assert stored.returncode == 0, stored.stderr
    with Store.open(tmp_path / "dwmtj.sqlite", create=False) as store:
        assert store.points(1)["resistance_ohm"].head(4).tolist() == [200, 186, 160, 134]


def test_what_keeps_a_guess_from_being_imported_is_printed(tmp_path: Path) -> None:
    shown = dwmtj(tmp_path, "runs", "import", str(CASES / "two-devices.csv"), "--show")
    assert shown.returncode == 0, shown.stderr
    assert "Wordline is 1, 2; choose one with --where Wordline=1" in shown.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_mapping_of_ones_own_is_shown_as_it_would_be_stored(tmp_path: Path) -> None:
    maps = ("--map", "cycle=cycle", "--map", "V=amplitude_V", "--map", "R=resistance_kohm")
    file = str(CASES / "thousands.tsv")
    shown = dwmtj(tmp_path, "runs", "import", file, *maps, "--decimal", "comma", "--show")
    assert shown.returncode == 0, shown.stderr
    assert "2987" in shown.stdout
    assert "--decimal comma" in shown.stdout


def test_an_import_without_a_mapping_or_a_device_is_refused(
    tmp_path: Path, refused: Callable[..., str]
) -> None:
    file = str(CASES / "pulse-train.csv")
    assert "or --show to see a guess" in refused(tmp_path, "runs", "import", file)
    maps = ("--map", "V=amplitude_V", "--map", "R=resistance_ohm")
    assert "add --device NAME" in refused(tmp_path, "runs", "import", file, *maps)
    assert list(tmp_path.iterdir()) == []
