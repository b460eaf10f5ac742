"""Text is decoded as it was written, and what is no text is refused."""

from pathlib import Path

import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.run import read_run

MAPS = ("V=amplitude_V", "R (Ω)=resistance_ohm")
TEXT = "V,R (Ω),note\n1,100,µ\n2,93,x\n"


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"],
)
def test_unicode_is_read_with_and_without_a_mark(encoding: str, tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes(TEXT.encode(encoding))
    assert len(read_run(file, "staircase-write", MAPS).points) == 2


def test_windows_text_is_read_and_its_ellipsis_ends_no_line(tmp_path: Path) -> None:
    file = tmp_path / "file.csv"
    file.write_bytes("V,R,tp (µs),note\n1,100,50,„gut…“\n2,93,50,–\n".encode("cp1252"))
    maps = ("V=amplitude_V", "R=resistance_ohm", "tp (µs)=pulse_width_µs")
    assert [point.pulse_width_s for point in read_run(file, "staircase-write", maps).points] == [
        pytest.approx(50e-6),
        pytest.approx(50e-6),
    ]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"\xd0\xcf\x11\xe0" + bytes(600), "an old Excel or Origin file"),
        (b"CPYA 4.2673" + bytes(600), "an Origin project"),
        (b"TDSm" + bytes(600), "a LabVIEW TDMS file"),
        (b"PK\x03\x04" + bytes(600), "a zip archive"),
        (b"\x1f\x8b\x08" + bytes(600), "a compressed file"),
        (bytes(range(256)) * 9, "a binary file"),
    ],
)
def test_a_binary_file_is_to_be_saved_as_csv(content: bytes, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "file.dat"
    file.write_bytes(content)
    with pytest.raises(ImportFileError, match=f"is {kind}, .* save it as CSV"):
        read_run(file, "staircase-write", ("1=amplitude_V", "2=resistance_ohm"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.mat", b"MATLAB 5.0 MAT-file" + bytes(200)),
        ("a.h5", b"\x89HDF\r\n\x1a\n" + bytes(200)),
        ("a.db", b"SQLite format 3\x00" + bytes(200)),
    ],
)
def test_a_damaged_file_is_refused_with_one_sentence(
    name: str, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ImportFileError, match=r"cannot be read as|is no database of QCoDeS"):
        read_run(file, "staircase-write", ("1=amplitude_V", "2=resistance_ohm"))
