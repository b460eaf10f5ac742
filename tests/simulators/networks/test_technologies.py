"""The rows of Table 1 are found by name and family, and documented with what they lack."""

from pathlib import Path

import pytest

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.synapses.technologies import TECHNOLOGIES, find_listed, of_tables


def test_all_technologies_are_listed_if_none_is_named() -> None:
    assert find_listed(()) == TECHNOLOGIES


def test_a_name_is_one_row_and_a_family_all_of_its_own_in_the_order_of_the_table() -> None:
    names = [entry.name for entry in find_listed(("SONOS", "magnetic", "SONOS"))]
    assert names == ["DW-MTJ, measured", "DW-MTJ, scaled", "2T-MTJ", "SONOS"]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(NetworkError, match=r"'memristor': .* \(magnetic, RRAM, .*DW-MTJ, scaled"):
        find_listed(("SONOS", "memristor"))


def test_a_row_is_documented_with_its_numbers_and_what_it_lacks() -> None:
    (row,) = find_listed(("DW-MTJ, scaled",))
    assert row.document() == {
        "name": "DW-MTJ, scaled",
        "device": {"pulses": (31, 31), "nonlinearity": (0.80, -0.81), "write_noise": 0.0323},
        "energy_J": 2.5e-15,
        "write_s": 0.5e-9,
        "lacks": ["states (printed: > 32): taken as 32"],
    }


def test_two_tables_are_a_device_named_after_the_increasing_one(tmp_path: Path) -> None:
    for name, change in (("SOT_increasing", 0.1), ("SOT_decreasing", -0.1)):
        text = f"header\n1,2\n0,1\n{change},{change}\n{change},{change}\n"
        (tmp_path / f"{name}.txt").write_text(text)
    row = of_tables(tmp_path / "SOT_increasing.txt")
    assert (row.name, row.family) == ("SOT", "magnetic")
    assert (row.energy_J, row.write_s) == (None, None)
    assert row.lacks == ("energy and time of a pulse",)
    assert row.device.mean_steps == pytest.approx((0.2, 0.2))
    assert row.source == f"{tmp_path / 'SOT_increasing.txt'} and SOT_decreasing.txt"
    assert row.document()["device"] == row.source
    with pytest.raises(NetworkError, match="is not called a table of increasing conductance"):
        of_tables(tmp_path / "SOT_decreasing.txt")
