"""Tables written at random in the ways of many programs are read right, or refused."""

from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from dwmtj.storage import ImportFileError
from dwmtj.storage.importing.options import ImportOptions
from dwmtj.storage.importing.run import read_run

TABLES = 150


def spelled(number: float, digits: int, decimal: str, group: str) -> str:
    text = f"{number:,.{digits}f}" if digits >= 0 else f"{number:.5g}"
    return text.replace(",", "\0").replace(".", decimal).replace("\0", group)


def table_of(rng: np.random.Generator) -> tuple[bytes, list[tuple[float, float]], str, bool]:
    """Return a file, its amplitudes and resistances, its decimal mark and if it is unmistakable."""
    separator = rng.choice([",", ";", "\t", " "])
    decimal = rng.choice([".", ","])
    group = rng.choice(["", "", {".": ",", ",": "."}[decimal], "'"])
    digits = int(rng.choice([-1, 0, 1, 2, 3, 4]))
    scale = 10.0 ** rng.integers(0, 6)
    amplitudes = np.round(np.arange(1, 9) * rng.choice([0.1, 0.25, 0.5, 1]), 3)
    resistances = scale * rng.uniform(1, 9, len(amplitudes))
    rows, right = [], []
    for amplitude, resistance in zip(amplitudes, resistances, strict=True):
        cells = [spelled(amplitude, -1, decimal, ""), spelled(resistance, digits, decimal, group)]
        exact = float(f"{resistance:.{digits}f}") if digits >= 0 else float(f"{resistance:.5g}")
        right.append((float(amplitude), exact))
        if separator == "," or rng.random() < 0.2:
            cells = [f'"{cell}"' if "," in cell or "\t" in cell else cell for cell in cells]
        rows.append(separator.join([*cells, str(rng.choice(["ok", "x"]))]))
    lines = [separator.join(["V", "R", "note"]), *rows]
    if rng.random() < 0.3:
        lines = ["Program 3.1", "Sample; A3, 50 ns", "", *lines]
    if rng.random() < 0.3:
        lines += ["", "End of file"]
    ending = rng.choice(["\n", "\r\n", "\r"])
    encoding = rng.choice(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
    return ending.join(lines).encode(encoding), right, decimal, group == "" and decimal == "."


@pytest.mark.parametrize("named", [False, True], ids=["decimal mark found", "decimal mark named"])
def test_no_table_is_read_wrong(named: bool, tmp_path: Path) -> None:
    rng = np.random.default_rng(14)
    file = tmp_path / "file.txt"
    read = 0
    for _ in range(TABLES):
        content, right, decimal, is_plain = table_of(rng)
        file.write_bytes(content)
        mark: Literal[".", ","] | None = None
        if named:
            mark = "," if decimal == "," else "."
        options = ImportOptions(decimal=mark, accept_unusual=True)
        maps = ("V=amplitude_V", "R=resistance_ohm")
        try:
            run = read_run(file, "staircase-write", maps, (), options)
        except ImportFileError as error:
            assert not is_plain or "separate thousands" in str(error), content
            assert not named, (content, error)
            continue
        assert [(p.amplitude_V, p.resistance_ohm) for p in run.points] == right, content
        read += 1
    assert read > 0.6 * TABLES
