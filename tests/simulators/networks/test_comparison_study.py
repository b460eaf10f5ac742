"""Technologies are compared on the same task, each row honest about what its table lacks."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from dwmtj.simulators.networks import Images, NetworkError
from dwmtj.simulators.networks.comparison.figure import comparison_panel, comparison_table
from dwmtj.simulators.networks.comparison.online_learning import OnLineSchedule
from dwmtj.simulators.networks.comparison.study import Compared, ComparisonConfiguration, compare
from dwmtj.simulators.networks.data.images import DIGITS
from dwmtj.simulators.networks.synapses.technologies import TECHNOLOGIES, find_listed, of_tables
from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.simulators.sweeps.errors import SweepError

CONFIGURATION = ComparisonConfiguration(
    data_set="mnist",
    technologies=find_listed(["DW-MTJ, scaled", "SONOS"]),
    seeds=(0, 1),
    learning_rates=(0.03, 0.3),
    schedule=OnLineSchedule(epochs=2, batch=20),
)


@pytest.fixture(scope="module")
def images() -> Images:
    rng = np.random.default_rng(8)
    labels = rng.integers(0, 10, 500).astype(np.uint8)
    pictures = rng.integers(0, 60, (500, 28, 28)).astype(np.uint8)
    for picture, label in zip(pictures, labels, strict=True):
        picture[2 * label + 4 : 2 * label + 7] += 150
    return Images(pictures[:400], labels[:400], pictures[400:], labels[400:], DIGITS)


def run(images: Images, path: Path, stop_after: int = 10**6) -> tuple[list[Compared], int]:
    told = Counter[str]()

    def report(what: str, epochs: int) -> None:
        told[what] += epochs
        if told.total() > stop_after:
            raise KeyboardInterrupt

    checkpoint = Checkpoint(path, CONFIGURATION.document())
    return compare(CONFIGURATION, images, checkpoint, report), told.total()


@pytest.fixture(scope="module")
def whole(images: Images, tmp_path_factory: pytest.TempPathFactory) -> list[Compared]:
    """The comparison, run without a break."""
    compared, epochs = run(images, tmp_path_factory.mktemp("comparison") / "whole")
    assert epochs == CONFIGURATION.epochs == 18
    return compared


def test_devices_learn_and_a_comparison_interrupted_goes_on_to_the_same_numbers(
    images: Images, whole: list[Compared], tmp_path: Path
) -> None:
    assert [entry.name for entry in whole] == ["ideal", "DW-MTJ, scaled", "SONOS"]
    for entry in whole:
        assert all(attempt.accuracy > 0.5 for attempt in entry.attempts)
        best = entry.attempts[0].held_out_accuracy
        assert all(other.held_out_accuracy <= best for other in entry.others)
    with pytest.raises(KeyboardInterrupt):
        run(images, tmp_path / "interrupted", stop_after=11)
    again, _ = run(images, tmp_path / "interrupted")
    assert [entry.document() for entry in again] == [entry.document() for entry in whole]


def test_energy_and_time_are_those_of_the_pulses_and_unknown_where_a_pulses_are(
    whole: list[Compared],
) -> None:
    ideal, wall, _sonos = whole
    assert ideal.energy_J is None
    pulses = [attempt.pulses for attempt in wall.attempts]
    longest = [attempt.longest for attempt in wall.attempts]
    assert min(pulses) > 0
    assert wall.energy_J == pytest.approx(2.5e-15 * np.mean(pulses))
    assert wall.write_s == pytest.approx(0.5e-9 * np.mean(longest))
    assert wall.technology is not None
    unknown = replace(wall, technology=replace(wall.technology, energy_J=None, write_s=None))
    assert (unknown.energy_J, unknown.write_s) == (None, None)
    table = comparison_panel([ideal, wall, unknown], "mnist").data
    assert table["write_energy_J"].notna().tolist() == [False, True, False]
    assert comparison_table([wall])["accuracy"].tolist() == table["accuracy"].tolist()[1:2]


def test_every_family_of_the_table_is_there_and_every_gap_is_named() -> None:
    families = {entry.family for entry in TECHNOLOGIES}
    assert families >= {
        "magnetic",
        "RRAM",
        "PCM",
        "ferroelectric",
        "electrochemical",
        "charge trap",
    }
    for entry in TECHNOLOGIES:
        if entry.energy_J is None or entry.write_s is None:
            assert any("energy" in gap or "time" in gap for gap in entry.lacks)
    assert find_listed(["RRAM", "SONOS"]) == tuple(
        entry for entry in TECHNOLOGIES if entry.family == "RRAM" or entry.name == "SONOS"
    )
    with pytest.raises(
        NetworkError, match=r"Unknown technology 'memristor': give a family \(magnetic"
    ):
        find_listed(["memristor"])


def test_a_table_goes_by_the_name_of_its_increasing_file(tmp_path: Path) -> None:
    with pytest.raises(NetworkError, match="is not called a table of increasing conductance"):
        of_tables(tmp_path / "SOT_300K.txt")


def test_crosssims_devices_lack_energy_and_time(real_data: Path) -> None:
    file = real_data / "cross-sim-dwmtj" / "SOT_300K_dG_increasing0.txt"
    technology = of_tables(file)
    assert (technology.name, technology.energy_J, technology.write_s) == (
        "SOT_300K_dG0",
        None,
        None,
    )
    assert technology.lacks == ("energy and time of a pulse",)


def table_files(folder: Path, change: float) -> Path:
    """Write the two tables of a device of the usual names, whose pulses change it by that much."""
    folder.mkdir(exist_ok=True)
    for name, sign in (("increasing", 1), ("decreasing", -1)):
        rows = ["header", "1e-3, 2e-3, 3e-3", "0, 1"]
        rows += [", ".join([f"{sign * change * scale}"] * 3) for scale in (0.9, 1.1)]
        (folder / f"dG_{name}.txt").write_text("\n".join(rows))
    return folder / "dG_increasing.txt"


def test_tables_of_the_same_name_are_each_compared_and_an_edited_one_is_another(
    images: Images, tmp_path: Path
) -> None:
    coarse = of_tables(table_files(tmp_path / "a", 1e-3))
    fine = of_tables(table_files(tmp_path / "b", 5e-5))
    assert coarse.name == fine.name
    configuration = replace(
        CONFIGURATION, technologies=(coarse, fine), seeds=(0,), learning_rates=(0.3,)
    )
    checkpoint = Checkpoint(tmp_path / "checkpoint", configuration.document())
    _, first, second = compare(configuration, images, checkpoint, lambda _what, _epochs: None)
    assert first.attempts[0].pulses < second.attempts[0].pulses

    edited = of_tables(table_files(tmp_path / "b", 1e-4))
    assert edited.document() != fine.document()
    again = of_tables(table_files(tmp_path / "b", 5e-5))
    assert again.document() == fine.document()
    other = replace(configuration, technologies=(coarse, edited))
    with pytest.raises(SweepError, match="is of another configuration"):
        Checkpoint(tmp_path / "checkpoint", other.document())
