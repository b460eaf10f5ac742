"""Quantities and units of columns, as mapped and as the file states them."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError, Point
from dwmtj.storage.importing.columns import TARGETS
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run
from dwmtj.storage.importing.units import split_name, stated_unit


def points(
    folder: Path, header: str, maps: tuple[str, ...], *constants: str, accept: bool = False
) -> tuple[Point, ...]:
    file = folder / "file.csv"
    file.write_text(f"{header}\n1,100,5\n2,93,5\n", encoding="utf-8")
    options = ImportOptions(accept_unusual=accept)
    return read_run(file, "staircase-write", maps, constants, options).points


@pytest.mark.parametrize(
    ("target", "value", "si"),
    [
        ("field_kOe", 2, 0.2),
        ("field_kA_per_m", 79.5774715, 0.1),
        ("current_nA", 5, 5e-9),
        ("conductance_nS", 5, 5e-9),
        ("resistance_GΩ", 2, 2e9),
        ("resistance_milliohm", 5, 5e-3),
        ("pulse_width_µs", 50, 50e-6),
        ("pulse_width_ps", 50, 50e-12),
        ("temperature_C", 25, 298.15),
        ("amplitude_mV", 3800, 3.8),
        ("time_h", 2, 7200),
    ],
)
def test_units_are_converted(target: str, value: float, si: float) -> None:
    plain = target.replace("µ", "u").replace("Ω", "ohm")
    assert TARGETS[plain].to_si(float(value)) == pytest.approx(si, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "bare", "factor"),
    [
        ("Field (kOe)", "Field", 0.1),
        ("R[GΩ]", "R", 1e9),
        ("tp/µs", "tp", 1e-6),
        ("G_nS", "G", 1e-9),
        ("R (×10³ Ω)", "R", 1e3),
        ("t (100 ns)", "t", 1e-7),
        ("I (mA)", "I", 1e-3),
        ("V_S", "V_S", None),
        ("R (a.u.)", "R (a.u.)", None),
    ],
)
def test_the_unit_in_a_name_is_found(name: str, bare: str, factor: float | None) -> None:
    found, text = split_name(name)
    unit = stated_unit(text) if text else None
    assert found == bare
    assert (unit and unit.factor) == (factor and pytest.approx(factor))


@pytest.mark.parametrize(
    ("header", "mapped", "stated"),
    [
        ("V (mV),R,x", "V (mV)=amplitude_V", r"'V \(mV\)' is in mV, but mapped to amplitude_V"),
        ("V,R (x10^3 Ohm),x", "R (x10^3 Ohm)=resistance_ohm", r"is in x10\^3 Ohm, but mapped to"),
        ("V,R,x\nmV,,", "V=amplitude_V", "'V' is in mV, but mapped to amplitude_V"),
        ("V,R (s),x", "R (s)=resistance_ohm", r"is in s, but mapped to resistance_ohm"),
    ],
)
def test_a_unit_that_contradicts_the_file_is_refused_unless_it_is_meant(
    header: str, mapped: str, stated: str, tmp_path: Path
) -> None:
    other = "R=resistance_ohm" if mapped.startswith("V") else "V=amplitude_V"
    with pytest.raises(ImportFileError, match=f"{stated}.*add --accept-unusual"):
        points(tmp_path, header, (mapped, other))
    assert len(points(tmp_path, header, (mapped, other), accept=True)) == 2


def test_a_quantity_without_a_unit_has_that_of_the_file(tmp_path: Path) -> None:
    found = points(tmp_path, "V (mV),R,w\n,kOhm,100 ns", ("V (mV)=amplitude", "R=resistance"))
    assert [point.amplitude_V for point in found] == [0.001, 0.002]
    assert [point.resistance_ohm for point in found] == [100e3, 93e3]


def test_pulses_given_as_a_current_need_the_resistance_of_their_path(tmp_path: Path) -> None:
    maps = ("I (mA)=amplitude_mA", "R=resistance_ohm")
    with pytest.raises(ImportFileError, match="add --set write_resistance_ohm=NUMBER"):
        points(tmp_path, "I (mA),R,x", maps)
    found = points(tmp_path, "I (mA),R,x", maps, "write_resistance_ohm=900")
    assert [point.amplitude_V for point in found] == pytest.approx([0.9, 1.8])
    assert found[0].extra == {"pulse_current_A": 0.001}


def test_a_temperature_is_a_quantity_of_the_point(tmp_path: Path) -> None:
    maps = ("V=amplitude_V", "R=resistance_ohm", "T=temperature_C")
    (found, *_) = points(tmp_path, "V,R,T", maps)
    assert found.temperature_K == pytest.approx(278.15)
    assert found.extra == {}


@pytest.mark.parametrize(
    ("maps", "expected"),
    [
        (("V=amplitude_V@phase=write", "R=resistance_ohm"), "only a reading has values of its own"),
        (("V=amplitude_V", "R=-cycle"), "has no sign to invert"),
        (("V=amplitude_V", "R=resistance_mohm"), r"did you mean resistance_(M|k)?ohm"),
        (("V=amplitude_V", "R=resistance_ohm", "x=resistance_ohm@pulse=1"), "is not the same in"),
    ],
)
def test_a_map_that_makes_no_sense_is_refused(
    maps: tuple[str, ...], expected: str, tmp_path: Path
) -> None:
    with pytest.raises(ImportFileError, match=expected):
        points(tmp_path, "V,R,x", maps)


def test_a_column_of_units_is_believed_and_a_changing_one_refused(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    maps = ("V=amplitude_V", "Reading=resistance")
    file.write_text("V,Reading,Units\n1,0.1,kOhm\n2,0.093,kOhm\n")
    found = read_run(file, "staircase-write", maps).points
    assert [point.resistance_ohm for point in found] == [100, 93]
    file.write_text("V,Reading,Units\n1,100,Ohms\n2,0.093,kOhms\n")
    for reading in ("Reading=resistance", "Reading=resistance_ohm"):
        with pytest.raises(ImportFileError, match="line 3: the unit of Reading changes from Ohms"):
            read_run(file, "staircase-write", ("V=amplitude_V", reading))
    options = ImportOptions(where=("Units=Ohms",))
    file.write_text("V,Reading,Units\n1,100,Ohms\n2,0.093,kOhms\n3,80,Ohms\n")
    found = read_run(file, "staircase-write", maps, (), options).points
    assert [point.resistance_ohm for point in found] == [100, 80]
