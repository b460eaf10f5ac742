"""Models by the command line: made from runs, shown, compared, exported, and mounted as twins."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dwmtj.analysis.calibration import calibrate_stored
from dwmtj.analysis.state_model import model_of
from dwmtj.analysis.state_model.comparison import compare_models
from dwmtj.analysis.state_model.file import model_json, read_model
from dwmtj.instruments import BenchFile, built_in_benches, load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Store
from dwmtj.tests.command_line import dwmtj


def measure(store: Store, bench_file: BenchFile, protocol: str = "write-reset-cycling") -> int:
    """Measure 13 cycles and return the run's number."""
    parameters = {"cycles": 13, "amplitude_step_V": 0.02}
    with open_bench(bench_file) as bench:
        return run(make_protocol(protocol, parameters), bench, store).run_id


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database: run 1 is a cycling run, 2 a minor loop, 3 was interrupted, 4 only reads."""
    folder = tmp_path_factory.mktemp("lab")
    file = load_bench_file("virtual-trapezoid")
    file = file.model_copy(update={"visa_library": "trapezoid?seed=11&name=models@dwmtj"})
    with Store.open(folder / "dwmtj.sqlite") as store:
        measure(store, file)
        with open_bench(file) as bench:
            run(make_protocol("minor-loop", {"step_T": 0.01}), bench, store)
            run(make_protocol("staircase-write"), bench, store, should_stop=lambda: True)
            run(make_protocol("read-series", {"readings": 100}), bench, store)
    assert dwmtj(folder, "calibrate", "1", "--name", "A3").returncode == 0
    return folder


def test_a_model_is_listed_shown_and_exported(lab: Path, tmp_path: Path) -> None:
    (entry, *_) = json.loads(dwmtj(lab, "models", "list", "--json").stdout)
    assert (entry["name"], entry["version"], entry["source_runs"]) == ("A3", 1, [1])
    shown = dwmtj(lab, "models", "show", "A3")
    assert "A3, version 1: virtual-trapezoid" in shown.stdout
    document = json.loads(dwmtj(lab, "models", "show", "A3:1", "--json").stdout)
    assert len(document["levels"]) == 4
    for form in ("json", "csv", "crosssim", "aihwkit", "neurosim"):
        to = str(tmp_path / form)
        exported = dwmtj(lab, "models", "export", "A3", "--format", form, "-o", to)
        assert exported.returncode == 0, exported.stderr
    assert json.loads((tmp_path / "json").read_text()) == document


def test_read_series_give_a_model_retention_and_read_noise(lab: Path, tmp_path: Path) -> None:
    shutil.copy(lab / "dwmtj.sqlite", tmp_path)
    done = dwmtj(tmp_path, "calibrate", "1", "4", "--name", "A3")
    assert done.returncode == 0, done.stderr
    assert "level 0 lasts" in done.stdout
    assert "0 escapes in 99 s" in done.stdout
    (_, entry) = json.loads(dwmtj(tmp_path, "models", "list", "--json").stdout)
    assert entry["source_runs"] == [1, 4]
    document = json.loads(dwmtj(tmp_path, "models", "show", "A3:2", "--json").stdout)
    assert document["read_noise"]["source"]["runs"] == [4]
    assert document["levels_source"]["runs"] == [1]


def test_a_model_agrees_with_itself(lab: Path) -> None:
    pairs = json.loads(dwmtj(lab, "models", "compare", "A3", "A3:1", "--json").stdout)
    assert len(pairs) == 4 + 4 + 3 + 1 + 1
    assert all(pair["agrees"] for pair in pairs)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["calibrate", "2", "--name", "B"], "is a minor loop"),
        (["calibrate", "3", "--name", "B"], "is aborted"),
        (["calibrate", "1", "1", "--name", "B"], "named twice"),
        (["calibrate", "9", "--name", "B"], "There is no run 9"),
        (["calibrate", "1", "--name", "a:b"], "cannot name a model"),
        (["models", "show", "B"], "There is no model B"),
        (["models", "show", "A3:7"], "no model A3 of version 7"),
        (["models", "show", "A3:x"], "write NAME, NAME:VERSION"),
        (["models", "show", "none.json"], "none.json cannot be read (No such file or directory)"),
        (["models", "show", ""], "'' is no model; write NAME"),
        (["models", "compare", "A3", "B"], "There is no model B"),
        (["models", "export", "A3", "--format", "pickle", "-o", "x"], "no format 'pickle'"),
        (["calibrate", "4", "--name", "B"], "only reads; name a staircase, ramp or cycling run"),
        (["serve", "model:B"], "There is no model B"),
    ],
    ids=" ".join,
)
def test_bad_input_gets_one_sentence_and_exit_2(
    lab: Path, arguments: list[str], told: str, refused: Callable[..., str]
) -> None:
    assert told in refused(lab, *arguments)


def test_a_bench_with_a_twin_measures_the_model_of_the_store(lab: Path) -> None:
    bench = built_in_benches()["virtual-trapezoid"].read_text(encoding="utf-8")
    twin = bench.replace("trapezoid@dwmtj", "model:A3@dwmtj")
    (lab / "twin.toml").write_text(twin, encoding="utf-8")
    ran = dwmtj(lab, "run", "saturate", "--bench", "twin.toml", "-d", "other.sqlite")
    assert ran.returncode == 0, ran.stderr
    with Store.open(lab / "other.sqlite") as store:
        resistance = store.points(1)["resistance_ohm"]
    assert resistance.to_numpy() == pytest.approx(100.0, abs=0.5)


def test_a_twin_is_found_in_the_database_of_the_run_and_refuses_what_was_not_measured(
    lab: Path, tmp_path: Path
) -> None:
    bench = built_in_benches()["virtual-trapezoid"].read_text(encoding="utf-8")
    twin = bench.replace("trapezoid@dwmtj", "model:A3@dwmtj")
    (tmp_path / "twin.toml").write_text(twin, encoding="utf-8")
    database = str(lab / "dwmtj.sqlite")
    measured = ("run", "staircase-write", "--bench", "twin.toml", "-p", "amplitude_step_V=1")
    found = dwmtj(tmp_path, *measured, "-d", database)
    assert found.returncode == 0, found.stderr
    wider = dwmtj(tmp_path, *measured, "-d", database, "-p", "pulse_width_s=1e-7")
    assert wider.returncode == 1
    assert "A3 was measured with pulses of 5e-08 s, not of 1e-07 s" in wider.stderr
    assert "Traceback" not in wider.stderr
    lost = dwmtj(tmp_path, *measured, "-d", "new.sqlite")
    assert lost.returncode == 2
    assert "There is no database" in lost.stderr
    assert not (tmp_path / "new.sqlite").exists()


def test_a_calibrated_twin_agrees_with_its_model(lab: Path, tmp_path: Path) -> None:
    """13 numbers, each within 95 % intervals of both: 4 or more outside has p < 3e-3 by chance."""
    with Store.open(lab / "dwmtj.sqlite", read_only=True) as store:
        model = model_of(store.calibration("A3"))
    path = tmp_path / "A3.json"
    path.write_text(model_json(model), encoding="utf-8")
    library = f"model:{path}?seed=21@dwmtj"
    file = load_bench_file("virtual-trapezoid").model_copy(update={"visa_library": library})
    with Store.open(tmp_path / "twin.sqlite") as store:
        number = measure(store, file)
        again = calibrate_stored(store, [number], "twin")
    pairs = compare_models(read_model(path), again)
    outside = [pair for pair in pairs if not pair.agrees]
    assert len(pairs) == 13
    assert len(outside) <= 3, outside
