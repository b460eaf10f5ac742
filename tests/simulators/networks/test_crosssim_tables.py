"""CrossSim's tables are read as they are written, sampled as they are distributed, or refused."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy import stats

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.synapses.crosssim_tables import TableDevice, read_device, read_table

BINS_S = np.linspace(1e-4, 2e-4, 21)
PROBABILITY = np.linspace(0, 1, 101)
HEADER = "1st Row = Gbins, 2nd Row = CDF Points, 3rd row onward = dG matrix\n"


def row(values: np.ndarray) -> str:
    return " ,".join(f"{value:.9e}" for value in values) + ",\n"


def table_text(sign: int) -> str:
    """Steps normal around 2 % of the range, half as large at the far end, and 1 % wide."""
    middle = sign * np.linspace(2e-6, 1e-6, 21)[::sign]
    normal = stats.norm.ppf(np.clip(PROBABILITY, 0.005, 0.995))
    changes = middle + 1e-6 * normal[:, None]
    return HEADER + row(BINS_S) + row(PROBABILITY) + "\n" + "".join(map(row, changes))


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    paths = tmp_path / "increasing.txt", tmp_path / "decreasing.txt"
    for path, sign in zip(paths, (1, -1), strict=True):
        path.write_text(table_text(sign))
    return paths


def steps(device: TableDevice, weight: float, up: bool, count: int = 20_000) -> torch.Tensor:
    generator = torch.Generator().manual_seed(6)
    weights = torch.full((count,), weight)
    return device.pulse(weights, torch.full((count,), up), generator) - weights


def test_a_table_is_read_with_commas_white_space_and_blank_lines(files: tuple[Path, Path]) -> None:
    table = read_table(files[0])
    assert table.conductance_S == pytest.approx(BINS_S)
    assert table.probability == pytest.approx(PROBABILITY)
    assert table.change_S.shape == (101, 21)


@pytest.mark.parametrize("up", [True, False])
@pytest.mark.parametrize("bin_number", [0, 10, 20])
def test_pulses_are_distributed_as_the_table_has_them_at_that_conductance(
    files: tuple[Path, Path], up: bool, bin_number: int
) -> None:
    """Kolmogorov-Smirnov, 20,000 draws; six tests at 10⁻⁴ give a false alarm in 1,700 seeds."""
    table = read_table(files[0] if up else files[1])
    drawn = steps(read_device(*files), bin_number / 10 - 1, up).numpy() / 2 * 1e-4

    uniform = np.interp(drawn, table.change_S[:, bin_number], table.probability)
    assert stats.kstest(uniform, "uniform").pvalue > 1e-4


def test_mean_steps_are_those_of_the_tables_over_their_range(files: tuple[Path, Path]) -> None:
    device = read_device(*files)
    assert device.mean_steps == pytest.approx((2 * 0.015, 2 * 0.015), rel=1e-6)


def coarse_table(changes_S: list[list[float]], bins: str = "1,2") -> str:
    rows = "".join(",".join(map(str, changes)) + "\n" for changes in changes_S)
    return f"{HEADER}{bins}\n0,0.2,1\n{rows}"


@pytest.mark.parametrize("upward", [True, False])
@pytest.mark.parametrize("column", [0, 1])
def test_a_change_is_the_inverse_of_the_distribution_linear_between_its_points(
    tmp_path: Path, upward: bool, column: int
) -> None:
    up, down = tmp_path / "increasing.txt", tmp_path / "decreasing.txt"
    rise, fall = [[0.0, 0.1], [0.3, 0.2], [0.4, 0.9]], [[-0.5, -0.4], [-0.4, -0.3], [0.0, -0.1]]
    up.write_text(coarse_table(rise))
    down.write_text(coarse_table(fall))
    found = steps(read_device(up, down), 2.0 * column - 1, upward, 1000).numpy()
    chance = torch.rand(1000, generator=torch.Generator().manual_seed(6)).numpy()
    changes_S = np.array(rise if upward else fall)[:, column]
    assert found == pytest.approx(2 * np.interp(chance, [0, 0.2, 1], changes_S), abs=1e-5)


@pytest.mark.parametrize("bins", ["1", "1,1", "2,1", "1,2,4"])
def test_bins_that_do_not_rise_in_equal_steps_are_refused(tmp_path: Path, bins: str) -> None:
    path = tmp_path / "increasing.txt"
    path.write_text(coarse_table([[0.1] * len(bins.split(","))] * 3, bins))
    with pytest.raises(NetworkError, match="do not rise in equal steps"):
        read_table(path)


def test_a_table_of_downward_pulses_that_change_nothing_is_refused(tmp_path: Path) -> None:
    up, down = tmp_path / "increasing.txt", tmp_path / "decreasing.txt"
    up.write_text(coarse_table([[0.1, 0.1]] * 3))
    down.write_text(coarse_table([[0.0, 0.0]] * 3))
    for pair in ((up, down), (down, up)):
        with pytest.raises(NetworkError, match="give the increasing table first"):
            read_device(*pair)


def without_a_row(lines: list[str]) -> list[str]:
    return lines[:-1]


def short_row(lines: list[str]) -> list[str]:
    return [*lines[:-1], ",".join(lines[-1].split(",")[3:])]


def not_a_number(lines: list[str]) -> list[str]:
    return [*lines[:-1], lines[-1].replace("e-06", "e-oh", 1)]


def infinite(lines: list[str]) -> list[str]:
    return [*lines[:-1], "inf," + lines[-1].partition(",")[2]]


def bins_back_and_forth(lines: list[str]) -> list[str]:
    return [lines[0], row(BINS_S[::-1]), *lines[2:]]


def not_from_zero(lines: list[str]) -> list[str]:
    return [*lines[:2], row(PROBABILITY / 2 + 0.5), *lines[3:]]


def header_only(lines: list[str]) -> list[str]:
    return lines[:1]


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (without_a_row, "has 100 rows of conductance changes, but 101 cumulative"),
        (short_row, "in row 101 of the matrix, but 21 conductance bins"),
        (not_a_number, r"line 105: could not convert"),
        (infinite, "line 105: a number is not finite"),
        (bins_back_and_forth, "bins of .* do not rise in equal steps"),
        (not_from_zero, "probabilities of .* do not rise from 0 to 1"),
        (header_only, "has 0 rows of numbers"),
    ],
)
def test_a_malformed_table_gets_one_sentence_that_names_the_file(
    files: tuple[Path, Path], spoil: Callable[[list[str]], list[str]], sentence: str
) -> None:
    files[0].write_text("".join(spoil(files[0].read_text().splitlines(keepends=True))))
    with pytest.raises(NetworkError, match=sentence) as caught:
        read_device(*files)
    assert str(files[0]) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_tables_that_do_not_belong_together_are_refused(files: tuple[Path, Path]) -> None:
    with pytest.raises(NetworkError, match="give the increasing table first"):
        read_device(*files[::-1])
    wider = files[1].read_text().replace(row(BINS_S), row(BINS_S * 2))
    files[1].write_text(wider)
    with pytest.raises(NetworkError, match="have different conductance bins"):
        read_device(*files)
    files[1].write_bytes(b"\xff\xfe\x00")
    with pytest.raises(NetworkError, match="is not a text file"):
        read_device(*files)
    files[1].unlink()
    with pytest.raises(NetworkError, match="cannot be read"):
        read_device(*files)


@pytest.mark.parametrize("torque", ["SOT", "STT"])
def test_crosssims_own_tables_move_as_they_say(real_data: Path, torque: str) -> None:
    """Means of 20,000 draws within 5 standard errors: a false alarm in 10⁵ seeds or so."""
    up = real_data / "cross-sim-dwmtj" / f"{torque}_300K_dG_increasing0.txt"
    down = up.with_name(up.name.replace("increasing", "decreasing"))
    device = read_device(up, down)
    for path, upward in ((up, True), (down, False)):
        table = read_table(path)
        assert table.change_S.shape == (501, 501)
        scale = 2 / np.ptp(table.conductance_S)
        for number in (50, 250, 450):
            drawn = steps(device, number / 250 - 1, upward)
            mean = np.trapezoid(table.change_S[:, number], table.probability) * scale
            error = float(drawn.std()) / len(drawn) ** 0.5
            assert float(drawn.mean()) == pytest.approx(mean, abs=5 * error)
