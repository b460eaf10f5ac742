"""The mapping of a file is guessed from names, units and values, and no further."""

from pathlib import Path

import pytest

from dwmtj.storage.importing.guess import guess_mapping
from dwmtj.storage.importing.run import read_run
from dwmtj.tests.storage.importing import foreign_files

HERE = Path(__file__).parent


@pytest.mark.parametrize(
    ("file", "protocol", "maps"),
    [
        (
            "layouts/pymeasure.csv",
            "staircase-write",
            (
                "Elapsed time (s)=time_s",
                "Pulse voltage (V)=amplitude_V",
                "Resistance (ohm)=resistance_ohm",
            ),
        ),
        (
            "layouts/qcodes.dat",
            "staircase-write",
            ("Gate voltage (V)=amplitude_V", "Current (nA)=current_nA", "Voltage (uV)=voltage_uV"),
        ),
        (
            "layouts/origin.txt",
            "minor-loop",
            ("Field=field_kOe", "Resistance=resistance_kohm"),
        ),
        (
            "layouts/quantum-design.dat",
            "minor-loop",
            (
                "Time Stamp (sec)=time_s",
                "Temperature (K)=temperature_K",
                "Magnetic Field (Oe)=field_Oe",
                "Bridge 1 Resistance (Ohms)=resistance_ohm",
                "Bridge 1 Excitation (uA)=current_uA",
            ),
        ),
        (
            "layouts/easyexpert.csv",
            "staircase-write",
            ("Vpulse=amplitude_V", "Vread=voltage_V"),
        ),
        (
            "layouts/wide-endurance.csv",
            "write-reset-cycling",
            (
                "Cycle=cycle",
                "LRS (kOhm)=resistance_kohm@phase=write",
                "HRS (kOhm)=resistance_kohm@phase=reset",
            ),
        ),
        ("layouts/qtlab.dat", "read-series", ()),
        ("cases/loop-from-zero.csv", "minor-loop", ("R=resistance_ohm",)),
        (
            "cases/multiline-cells-loop.csv",
            "minor-loop",
            ("Field(Oe)=field_Oe", "Resistance(Ohm)=resistance_ohm"),
        ),
        (
            "cases/two-state-endurance.csv",
            "write-reset-cycling",
            ("cycle=cycle", "V=amplitude_V", "R=resistance_ohm"),
        ),
    ],
)
def test_what_a_file_states_is_guessed(file: str, protocol: str, maps: tuple[str, ...]) -> None:
    guess = guess_mapping(HERE / file)
    assert (guess.protocol, guess.maps) == (protocol, maps)


def test_a_field_without_a_unit_is_left_open() -> None:
    field, resistance = guess_mapping(HERE / "cases/loop-from-zero.csv").columns
    assert (field.target, field.remark.partition(":")[2]) == (
        None,
        " map it to field_T, field_mT or field_Oe",
    )
    assert resistance.remark == "no unit in the file: taken as ohm"


def test_a_guess_can_be_imported_as_it_stands(tmp_path: Path) -> None:
    book = foreign_files.workbook(tmp_path / "book.xlsx")
    guess = guess_mapping(book, "Endurance")
    assert len(read_run(book, guess.protocol, guess.maps).points) == 6
    several = tmp_path / "several.csv"
    several.write_text("Vset (V),R_1 (Ohm),R_2 (Ohm),Time\n1,100,101,9:00:00\n2,93,94,9:00:01\n")
    guess = guess_mapping(several)
    assert guess.maps == (
        "Vset (V)=amplitude_V",
        "R_1 (Ohm)=resistance_ohm",
        "R_2 (Ohm)=resistance_ohm",
        "Time=clock",
    )
    assert len(read_run(several, guess.protocol, guess.maps).points) == 4


def test_pulse_v_and_readings_beside_it_are_several_readings_of_a_pulse(tmp_path: Path) -> None:
    file = tmp_path / "thrice.csv"
    file.write_text("cycle,pulse_V,R1,R2,R3\n1,1.0,100,101,99\n1,2.0,93,92,94\n2,1.0,100,99,98\n")
    guess = guess_mapping(file)
    assert (guess.protocol, guess.maps[1]) == ("staircase-write", "pulse_V=amplitude_V")
    points = read_run(file, guess.protocol, guess.maps).points
    assert [point.resistance_ohm for point in points[:4]] == [100, 101, 99, 93]
    assert [point.phase for point in points[:4]] == ["write", "read", "read", "write"]


def test_brackets_without_a_unit_are_no_part_of_a_name(tmp_path: Path) -> None:
    file = tmp_path / "qcodes.dat"
    file.write_text(
        '# v\tcycle\tr\n# "Pulse (V)"\t"Cycle ()"\t"R (Ohm)"\n# 2\t2\t2\n1\t0\t100\n2\t0\t93\n'
    )
    assert guess_mapping(file).maps == (
        "Pulse (V)=amplitude_V",
        "Cycle ()=cycle",
        "R (Ohm)=resistance_ohm",
    )


def test_a_letter_that_may_be_a_name_is_no_unit(tmp_path: Path) -> None:
    file = tmp_path / "source.csv"
    file.write_text("V_S,R_T\n1,100\n2,93\n")
    assert [column.target for column in guess_mapping(file).columns] == [None, None]
