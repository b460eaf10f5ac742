"""The layouts of common programs, as docs/reference/import.md lists them, are imported."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run
from dwmtj.tests.storage.importing import foreign_files

LAYOUTS = Path(__file__).parent / "layouts"


@dataclass(frozen=True)
class Layout:
    """A file, how it is mapped, and what is right."""

    file: str
    maps: tuple[str, ...]
    amplitudes_V: Sequence[float | None]
    resistances_ohm: Sequence[float | None]
    protocol: str = "staircase-write"
    options: ImportOptions = ImportOptions()  # noqa: RUF009 - frozen


TEXTS = [
    Layout(
        "pymeasure.csv",
        (
            "Elapsed time (s)=time_s",
            "Pulse voltage (V)=amplitude_V",
            "Resistance (ohm)=resistance_ohm",
        ),
        2 * [0.5, 1, 1.5, 2, 2.5],
        [100.02, 99.97, 93.31, 93.28, 76.12, 100.05, 93.27, 93.3, None, 76.09],
    ),
    Layout(
        "qcodes.dat",
        ("gate_voltage=amplitude_V", "lockin_current=current_nA", "lockin_voltage=voltage_uV"),
        2 * [0.5, 1, 1.5],
        [100, 94, 93, 101, 95, 76],
    ),
    Layout(
        "arc-one.csv",
        (
            "Resistance=resistance_ohm",
            "Amplitude (V)=amplitude_V",
            "Pulse width (s)=pulse_width_s",
            "ReadVoltage=voltage_V",
        ),
        [None, 1, 1.5, 2],
        [20040, 20035.2, 16011.9, 14002.8],
        options=ImportOptions(where=("Wordline=1", "Bitline=2")),
    ),
    Layout(
        "origin.txt",
        ("Field=field", "Resistance=resistance"),
        [None] * 9,
        [1102, 1101, 1100, 1001, 1000, 1002, 1001, 1100, 1101],
        "minor-loop",
    ),
    Layout(
        "quantum-design.dat",
        (
            "Time Stamp (sec)=time_s",
            "Temperature (K)=temperature_K",
            "Magnetic Field (Oe)=field_Oe",
            "Bridge 1 Resistance (Ohms)=resistance_ohm",
        ),
        [None] * 9,
        [1.52, 1.49, 1.47, -1.48, -1.51, -1.5, -1.48, 1.47, 1.53],
        "minor-loop",
    ),
    Layout(
        "labview.lvm",
        ("X_Value=time_s", "Pulse (V)=amplitude_V", "R (Ohm)=resistance_ohm"),
        [0.5, 1, 1.5, 2, 2.5],
        [100.021, 99.987, 93.312, 93.287, 76.115],
    ),
    Layout(
        "easyexpert.csv",
        ("Vpulse=amplitude_V", "Vread=voltage_V", "Iread=current_A"),
        [0.5, 1, 1.5, 2],
        [0.1 / 1e-3, 0.1 / 9.99e-4, 0.1 / 1.073e-3, 0.1 / 1.315e-3],
    ),
    Layout(
        "kickstart.csv",
        ("Reading=resistance_ohm", "Source=amplitude_V", "Time=clock"),
        [0.5, 1, 1.5, 2],
        [99.98, 93.35, None, 76.11],
    ),
    Layout(
        "qtlab.dat",
        ("1=amplitude_mV", "2=resistance_kohm"),
        2 * [0.5, 1, 1.5],
        [1002, 998, 933, 1001, 934, 761],
    ),
    Layout(
        "german-excel.csv",
        ("Spannung (V)=amplitude_V", "Widerstand (kΩ)=resistance_kΩ"),
        [0.5, 1, 1.5, 2, 2.5],
        [1002, 1001, 933, None, 761],
    ),
    Layout(
        "wide-endurance.csv",
        (
            "Cycle=cycle",
            "LRS (kOhm)=resistance_kohm@amplitude_V=2.5",
            "HRS (kOhm)=resistance_kohm@amplitude_V=-2.0",
        ),
        6 * [2.5, -2],
        [5010, 48200, 5050, 47900, 5020, 48800, 4970, 51300, 5210, None, 49800, 50200],
        "write-reset-cycling",
    ),
]


@pytest.mark.parametrize("layout", TEXTS, ids=lambda layout: layout.file)
def test_a_text_of_another_program_is_read(layout: Layout) -> None:
    check(LAYOUTS / layout.file, layout)


BINARIES: list[tuple[Callable[[Path], Path], Layout]] = [
    (
        foreign_files.arc_two,
        Layout(
            "arc-two.h5",
            (
                "voltage=amplitude_V",
                "pulse_width=pulse_width_s",
                "read_voltage=voltage_V",
                "current=current_A",
            ),
            foreign_files.AMPLITUDES_V,
            [2 * ohm for ohm in foreign_files.LEVELS_OHM],
            options=ImportOptions(table="crosspoints/W00B01/timeseries"),
        ),
    ),
    (
        foreign_files.hdf5_columns,
        Layout(
            "columns.h5",
            ("amplitude=amplitude", "R (Ohm)=resistance_ohm"),
            foreign_files.AMPLITUDES_V,
            foreign_files.LEVELS_OHM,
        ),
    ),
    (
        foreign_files.matlab,
        Layout(
            "sweep.mat",
            ("V=amplitude_V", "R=resistance_ohm"),
            foreign_files.AMPLITUDES_V,
            foreign_files.LEVELS_OHM,
        ),
    ),
    (
        foreign_files.workbook,
        Layout(
            "endurance.xlsx",
            (
                "Cycle=cycle",
                "LRS (kOhm)=resistance@phase=write",
                "HRS (kOhm)=resistance@phase=reset",
            ),
            [None] * 6,
            [5010, 48200, 5050, 47900, 5020, None],
            "write-reset-cycling",
        ),
    ),
    (
        foreign_files.qcodes,
        Layout(
            "experiments.db",
            ("pulse (V)=amplitude_V", "v_read=voltage_V", "i_read=current"),
            foreign_files.AMPLITUDES_V,
            foreign_files.LEVELS_OHM,
        ),
    ),
    (
        foreign_files.qcodes,
        Layout(
            "arrays.db",
            ("time (s)=time_s", "resistance (Ohm)=resistance_ohm"),
            [None] * 4,
            foreign_files.LEVELS_OHM,
            "read-series",
            ImportOptions(table="2"),
        ),
    ),
]


@pytest.mark.parametrize(("write", "layout"), BINARIES, ids=lambda one: getattr(one, "file", ""))
def test_a_binary_file_of_another_program_is_read(
    write: Callable[[Path], Path], layout: Layout, tmp_path: Path
) -> None:
    check(write(tmp_path / layout.file), layout)


def test_a_packed_variable_of_netcdf_is_unpacked_and_its_fills_are_gaps(tmp_path: Path) -> None:
    file = tmp_path / "packed.nc"
    foreign_files.netcdf(file)
    points = read_run(file, "staircase-write", ("V=amplitude_V", "R=resistance")).points
    readings = [nan_if_none(point.resistance_ohm) for point in points]
    assert readings == pytest.approx([100.0, 93.3, nan_if_none(None), 76.1], nan_ok=True)


def test_durations_and_truth_values_of_excel_are_no_numbers(tmp_path: Path) -> None:
    """A duration has no unit of its own, and TRUE is not 1 Ω."""
    maps = ("t=clock", "V=amplitude_V", "R=resistance_ohm")
    book = foreign_files.durations(tmp_path / "book.xlsx", [100.0, 93.3, 76.1])
    assert [point.time_s for point in read_run(book, "staircase-write", maps).points] == [
        0,
        90,
        180,
    ]
    with pytest.raises(ImportFileError, match=r"row 2: t is '0:00:00.000000'.*map it to clock"):
        read_run(book, "staircase-write", ("t=time_s", *maps[1:]))
    book = foreign_files.durations(tmp_path / "true.xlsx", [100.0, True, 76.1])
    with pytest.raises(ImportFileError, match="row 3: R is 'True', which is no number"):
        read_run(book, "staircase-write", maps)


def test_a_file_of_several_tables_needs_the_name_of_one(tmp_path: Path) -> None:
    arc = foreign_files.arc_two(tmp_path / "arc.h5")
    maps = ("voltage=amplitude_V", "read_voltage=voltage_V", "current=current_A")
    with pytest.raises(ImportFileError, match=r"2 tables .* choose one with --table: /crosspoints"):
        read_run(arc, "staircase-write", maps)
    with pytest.raises(ImportFileError, match=r"has no table 'W9'; it has /crossbar/voltage; /cro"):
        read_run(arc, "staircase-write", maps, (), ImportOptions(table="W9"))
    book = foreign_files.workbook(tmp_path / "book.xlsx")
    with pytest.raises(ImportFileError, match=r"no table with the columns V.*Endurance with Cycle"):
        read_run(book, "staircase-write", ("V=amplitude_V", "LRS (kOhm)=resistance"))
    with pytest.raises(ImportFileError, match="is a text file and has one table"):
        read_run(
            LAYOUTS / "qtlab.dat",
            "reset",
            ("1=amplitude_mV", "2=resistance_kohm"),
            (),
            ImportOptions(table="1"),
        )


def check(path: Path, layout: Layout) -> None:
    run = read_run(path, layout.protocol, layout.maps, (), layout.options)
    for name, expected in (
        ("amplitude_V", layout.amplitudes_V),
        ("resistance_ohm", layout.resistances_ohm),
    ):
        right = pytest.approx([*map(nan_if_none, expected)], rel=1e-6, nan_ok=True)
        assert [nan_if_none(getattr(point, name)) for point in run.points] == right


def nan_if_none(value: float | None) -> float:
    return float("nan") if value is None else value


@pytest.mark.parametrize(
    ("module", "write", "name"),
    [
        ("h5py", foreign_files.arc_two, "arc.h5"),
        ("openpyxl", foreign_files.workbook, "book.xlsx"),
    ],
)
def test_a_reader_that_is_not_installed_is_named(
    module: str,
    write: Callable[[Path], Path],
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = write(tmp_path / name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        ImportFileError, match=rf"read with {module}: pip install 'dwmtj\[import\]'"
    ):
        read_run(file, "staircase-write", ("V=amplitude_V", "R=resistance_ohm"))
