"""Files of other programs are imported as runs, their rows treated as documented."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from dwmtj.analysis import critical_voltage, find_levels, find_switches
from dwmtj.protocols.catalogue import PROTOCOLS
from dwmtj.storage import ImportFileError, Status, Store
from dwmtj.storage.importing.cycles import PROTOCOLS as IMPORTABLE
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import ImportedRun, read_run, store_run

FILES = Path(__file__).parent / "files"
LEVELS_OHM = (100.0, 93.3, 76.1, 67.1)
STAIRCASE = ("Vpulse=amplitude_V", "R=resistance_ohm", "Cycle=cycle", "t=time_s")
CYCLING = ("V (mV)=amplitude_mV", "G (µS)=conductance_uS")
PLAIN = ("V=amplitude_V", "R=resistance_ohm")


def staircase() -> ImportedRun:
    constants = ("pulse_width_ns=50", "field_mT=-4")
    options = ImportOptions(drop_equal=True)
    return read_run(FILES / "staircase.csv", "staircase-write", STAIRCASE, constants, options)


def cycling() -> ImportedRun:
    options = ImportOptions(drop_equal=True)
    return read_run(FILES / "cycling.txt", "write-reset-cycling", CYCLING, options=options)


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


@pytest.mark.parametrize(
    ("run", "cycles", "missing"), [(staircase(), 4, 2), (cycling(), 3, 3)], ids=["ohm", "siemens"]
)
def test_an_imported_run_is_stored_finished_and_analysed_like_any_other(
    run: ImportedRun, cycles: int, missing: int, tmp_path: Path
) -> None:
    """The files' levels scatter by 0.5 Ω at most: 1.5 Ω is six standard errors of three visits."""
    with Store.open(tmp_path / "lab.sqlite") as store:
        number = store_run(store, run, "A3", operator="Ada", notes="from the other lab")
        record, points = store.run(number), store.points(number)
    assert record.summary.status is Status.FINISHED
    assert record.summary.device == "A3"
    assert record.summary.operator == "Ada"
    assert record.summary.notes.startswith("from the other lab\nImported from ")
    content = (FILES / run.file).read_bytes()
    assert f"sha256 {hashlib.sha256(content).hexdigest()}" in record.summary.notes
    assert points["cycle"].unique().tolist() == list(range(cycles))
    assert points["resistance_ohm"].isna().sum() == missing
    levels = find_levels(points)
    assert [level.mean_ohm for level in levels] == pytest.approx(LEVELS_OHM, abs=1.5)
    found = critical_voltage(find_switches(points, levels), 2)
    assert found is not None
    assert found.cycles == cycles
    assert found.mean_V == pytest.approx(2.9, abs=1e-6)


def test_gaps_duplicates_units_and_unsorted_rows_are_treated_as_documented() -> None:
    run = staircase()
    amplitudes = np.round(np.arange(0.2, 4.01, 0.2), 2).tolist()
    assert [point.amplitude_V for point in run.points] == pytest.approx(4 * amplitudes)
    times = [point.time_s for point in run.points]
    assert times == pytest.approx(np.arange(80) * 0.25)
    assert {point.pulse_width_s for point in run.points} == {5e-8}
    assert {point.field_T for point in run.points} == {-0.004}
    for told in (
        "lines of units skipped: 1",
        "duplicate rows dropped: 2",
        "rows without any value dropped: 1",
        "rows sorted by cycle and time: ",
        "rows without a reading: 2",
    ):
        assert told in run.notes


def test_siemens_millivolts_and_decimal_commas_become_ohms_and_volts() -> None:
    run = cycling()
    first = run.points[0]
    assert first.amplitude_V == pytest.approx(0.2)
    assert first.resistance_ohm == pytest.approx(1e6 / 9999.39)
    assert [point.phase for point in run.points[:40]] == 20 * ["write"] + 20 * ["reset"]


def test_what_can_be_imported_are_runs_of_protocols() -> None:
    assert set(IMPORTABLE) <= set(PROTOCOLS)


@pytest.mark.parametrize(
    ("text", "resistances"),
    [
        (b"V\tR\n1\t2\n2\t3\n", [2, 3]),
        (b"V R\n1 2\n2 3\n", [2, 3]),
        (b"\xef\xbb\xbfV,R\r\n1,2\r\n2,3\r\n", [2, 3]),
        ("V,R\n1,2\n2,3\n".encode("utf-16"), [2, 3]),
        (b"some words\n# V,R\n1,2\n2,3\n", [2, 3]),
        (b"R,V\n2,1\n3,2\n", [2, 3]),
        (b"V,R\n1,2\n1,2\n2,3\n", [2, 2, 3]),
        (b"V,R\n1,2\n2,3\n3\n", [2, 3, None]),
        (b"V;R\n1;2,5\n2;1.5\n", [2.5, 1.5]),
        (b"V,R\n1,2 # good\n2,inf\n3,9.91e37\n4,5\n", [2, None, None, 5]),
    ],
)
def test_the_usual_ways_to_write_a_table_are_read(
    text: bytes, resistances: list[float | None], tmp_path: Path
) -> None:
    run = read_run(written(tmp_path, text), "staircase-write", PLAIN)
    assert [point.resistance_ohm for point in run.points] == resistances


def test_cycles_are_found_although_amplitudes_jitter(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    ladder = np.tile(np.arange(0.1, 2.0, 0.1), 3)
    amplitudes = ladder + rng.uniform(-0.08, 0.08, len(ladder))
    rows = "\n".join(f"{amplitude:.4f},100" for amplitude in amplitudes)
    run = read_run(written(tmp_path, f"V,R\n{rows}\n"), "staircase-write", PLAIN)
    assert [point.cycle for point in run.points] == np.repeat([0, 1, 2], 19).tolist()


def test_readings_without_a_pulse_belong_to_the_cycle_they_begin(tmp_path: Path) -> None:
    path = written(tmp_path, "V,R\n,9\n1,8\n2,7\n,9\n1,8\n2,7\n")
    run = read_run(path, "staircase-write", PLAIN)
    assert [point.cycle for point in run.points] == [0, 0, 0, 1, 1, 1]
    assert [point.phase for point in run.points] == 2 * ["bias", "write", "write"]


def test_equal_readings_are_kept_if_neither_cycle_nor_time_is_mapped(tmp_path: Path) -> None:
    path = written(tmp_path, "V,R\n1,9\n2,8\n1,9\n2,8\n")
    assert len(read_run(path, "staircase-write", PLAIN).points) == 4


@pytest.mark.parametrize(
    ("text", "protocol", "maps", "constants", "told"),
    [
        ("V,R\n1,2\n2,3\n", "staircase-wirte", PLAIN, (), "cannot be imported"),
        ("V,R\n1,2\n2,3\n", "staircase-write", ("V=amplitude_V",), (), "No column is mapped to a"),
        ("V,R\n1,2\n2,3\n", "minor-loop", PLAIN, (), "needs a column mapped to field_T"),
        ("V,R\n1,2\n2,3\n", "reset", PLAIN, (), "line 2: a pulse of 1 V, .* are negative"),
        ("V,R\n1,2\n2,3\n", "staircase-write", ("V", "R=resistance_ohm"), (), "'V' is no map"),
        ("V,R\n1,2\n2,3\n", "staircase-write", ("V=amplitude_v",), (), "mean amplitude_V"),
        ("V,R\n1,2\n", "staircase-write", (*PLAIN, "V=field_T"), (), "mapped twice"),
        ("V,R\n1,2\n", "staircase-write", (*PLAIN, "G=conductance_S"), (), "both mapped"),
        ("V,R\n1,2\n", "staircase-write", PLAIN, ("field_T=x",), "sets nothing"),
        ("V,R\n1,2\n", "staircase-write", PLAIN, ("amplitude_V=1",), "both mapped"),
        ("U,R\n1,2\n2,3\n", "staircase-write", PLAIN, (), "no line with the columns V, R"),
        ("V,V,R\n1,1,2\n", "staircase-write", PLAIN, (), "2 columns 'V'"),
        ("V,R\n1,2\n2,x\n", "staircase-write", PLAIN, (), "line 3: R is 'x', which is no number"),
        ("V,R\n1,2\n2,3,4\n", "staircase-write", PLAIN, (), "line 3 has 3 cells"),
        ("V,R\n1,2\n2,0\n", "staircase-write", PLAIN, (), "line 3: a resistance of 0 Ω"),
        ("V,R\n1,2\n2,\n", "staircase-write", PLAIN, (), "has 1 rows with both"),
        ("", "staircase-write", PLAIN, (), "it has no line of cells"),
        (
            "c,V,R\n1,1,2\n1.5,2,3\n",
            "staircase-write",
            (*PLAIN, "c=cycle"),
            (),
            "line 3: the cycle is no whole number",
        ),
        (
            "c,V,R\n1,1,2\n,2,3\n",
            "staircase-write",
            (*PLAIN, "c=cycle"),
            (),
            "line 3: the cycle is no whole number",
        ),
    ],
)
def test_a_file_that_cannot_be_imported_is_refused_with_one_sentence(
    text: str,
    protocol: str,
    maps: Sequence[str],
    constants: Sequence[str],
    told: str,
    tmp_path: Path,
) -> None:
    with pytest.raises(ImportFileError, match=told) as caught:
        read_run(written(tmp_path, text), protocol, maps, constants)
    assert "\n" not in str(caught.value)


def test_a_file_is_imported_once_unless_asked_again(tmp_path: Path) -> None:
    run = staircase()
    with Store.open(tmp_path / "lab.sqlite") as store:
        store_run(store, run, "A3")
        with pytest.raises(ImportFileError, match="is already stored as run 1"):
            store_run(store, run, "A3")
        assert store_run(store, run, "A3", again=True) == 2
        assert [summary.points for summary in store.runs()] == [80, 80]


def test_readings_without_pulses_are_a_series(tmp_path: Path) -> None:
    rows = "".join(f"{minute},{93.1 + 0.01 * (minute % 3)}\n" for minute in range(100))
    file = written(tmp_path, f"min,R\n{rows}")
    run = read_run(file, "read-series", ("min=time_min", "R=resistance_ohm"))
    assert {(point.phase, point.cycle) for point in run.points} == {("read", 0)}
    assert run.points[-1].time_s == 99 * 60
    with pytest.raises(ImportFileError, match="needs a column mapped to time_s"):
        read_run(file, "read-series", ("R=resistance_ohm",))


@pytest.mark.parametrize("width", ["0", "-5"])
def test_a_pulse_without_width_is_refused(width: str, tmp_path: Path) -> None:
    file = written(tmp_path, "V,R\n1,100\n2,90\n")
    with pytest.raises(ImportFileError, match=r"line 2: a pulse (0|-5e-09) s wide"):
        read_run(file, "staircase-write", PLAIN, (f"pulse_width_ns={width}",))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("V,R\n1,100\n2,90\n".encode("utf-16")[:-1], r"breaks off at byte 30 \(truncated data\)"),
        (b"\xff\xfe\x00\xd8", r"breaks off at byte 2"),
        (b"V,R\n1,100\n" + b"9" * 140_000 + b",90\n", r"line 3 cannot be split into cells"),
        (b"x" * 140_000 + b",R\n1,100\n", r"has no line with the columns V, R"),
        (b"V,R\n1,100\n2,\x1b[31m90\n", r"line 3: R is '\\x1b\[31m90', which is no number"),
        (b"V,R\n1,100\n2,\xe2\x80\xae09\n", r"R is '\\u202e09', which is no number"),
    ],
)
def test_a_file_of_another_kind_than_it_seems_is_refused_with_one_sentence(
    content: bytes, told: str, tmp_path: Path
) -> None:
    file = tmp_path / "a.csv"
    file.write_bytes(content)
    with pytest.raises(ImportFileError, match=told):
        read_run(file, "staircase-write", PLAIN)


def test_lines_before_the_header_may_be_as_long_as_they_like(tmp_path: Path) -> None:
    file = written(tmp_path, "#" + "x" * 140_000 + "\nV,R\n1,100\n2,90\n")
    assert len(read_run(file, "staircase-write", PLAIN).points) == 2
