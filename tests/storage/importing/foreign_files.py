"""Files in the binary formats of other programs, with made-up numbers."""

import io
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import numpy as np
from scipy.io import savemat

LEVELS_OHM = (100.0, 93.3, 93.2, 76.1)
AMPLITUDES_V = (0.5, 1.0, 1.5, 2.0)


def arc_two(path: Path) -> Path:
    """Write an ArC TWO file: two crosspoints, each with a history that has room for more rows."""
    import h5py

    kinds = [(name, "<f4") for name in ("current", "voltage", "pulse_width", "read_voltage")]
    with h5py.File(path, "w") as file:
        file.create_group("synthetics")
        for place, scale in (("W00B00", 1.0), ("W00B01", 2.0)):
            rows = np.zeros(10, dtype=[*kinds, ("op_type", "<u4")])
            for at, (amplitude_V, ohm) in enumerate(zip(AMPLITUDES_V, LEVELS_OHM, strict=True)):
                rows[at] = (0.2 / (scale * ohm), amplitude_V, 1e-7, 0.2, 3)
            history = file.create_dataset(f"crosspoints/{place}/timeseries", data=rows)
            history.attrs["NROWS"] = len(LEVELS_OHM)
        file.create_dataset("crossbar/voltage", data=np.zeros((2, 2)))
    return path


def hdf5_columns(path: Path) -> Path:
    """Write vectors with units beside each other, and a picture that is no table of them."""
    import h5py

    with h5py.File(path, "w") as file:
        for name, values, unit in (
            ("amplitude", 1e3 * np.array(AMPLITUDES_V), "mV"),
            ("R", np.array(LEVELS_OHM), "Ohm"),
        ):
            file.create_dataset(f"sweep/{name}", data=values).attrs["units"] = unit
        file.create_dataset("picture", data=np.zeros((3, 3), dtype=np.uint8))
    return path


def netcdf(path: Path) -> Path:
    """Write readings packed as whole numbers of 0.1 Ω from 60 Ω on, one of them missing."""
    import h5py

    with h5py.File(path, "w") as file:
        file["V"] = AMPLITUDES_V
        file["R"] = np.array([400, 333, -1, 161], dtype=np.int16)
        file["R"].attrs.update(units="Ohm", scale_factor=0.1, add_offset=60.0, _FillValue=-1)
    return path


def durations(path: Path, readings: Sequence[float]) -> Path:
    """Write a sheet with a pulse every 90 s, the times as durations."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["t", "V", "R"])
    for at, reading in enumerate(readings):
        book.active.append([timedelta(seconds=90 * at), 1.0 + at, reading])
    book.save(path)
    return path


def matlab(path: Path) -> Path:
    """Write a structure of column vectors."""
    column = np.reshape(AMPLITUDES_V, (-1, 1))
    savemat(str(path), {"sweep": {"V": column, "R": np.reshape(LEVELS_OHM, (-1, 1))}, "n": 4.0})
    return path


def workbook(path: Path) -> Path:
    """Write an Excel workbook: a cover sheet, and a wide endurance table under a title."""
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Cover"
    book.active.append(["Device D4"])
    sheet = book.create_sheet("Endurance")
    sheet.append(["Set +2.5 V, reset -2 V", None, None])
    sheet.append([])
    sheet.append(["Cycle", "LRS (kOhm)", "HRS (kOhm)"])
    for cycle, low, high in ((1, 5.01, 48.2), (10, 5.05, 47.9), (100, 5.02, None)):
        sheet.append([cycle, low, high])
    book.save(path)
    return path


def qcodes(path: Path) -> Path:
    """Write a database of QCoDeS with two runs: one of numbers, one of arrays."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(
            """
            CREATE TABLE runs (run_id INTEGER PRIMARY KEY, exp_id INTEGER, name TEXT,
                result_table_name TEXT, result_counter INTEGER, run_timestamp INTEGER);
            CREATE TABLE layouts (layout_id INTEGER PRIMARY KEY, run_id INTEGER,
                "parameter" TEXT, label TEXT, unit TEXT, inferred_from TEXT);
            CREATE TABLE dependencies (dependent INTEGER, independent INTEGER, axis_num INTEGER);
            INSERT INTO runs VALUES (1, 1, 'stairs', 'results-1-1', 8, 1700000000),
                (2, 1, 'trace', 'results-1-2', 1, 1700000100);
            INSERT INTO layouts VALUES (1, 1, 'pulse', 'Pulse', 'V', ''),
                (2, 1, 'v_read', 'Read voltage', 'V', ''), (3, 1, 'i_read', 'Current', 'A', ''),
                (4, 2, 'time', 'Time', 's', ''), (5, 2, 'resistance', 'R', 'Ohm', '');
            INSERT INTO dependencies VALUES (2, 1, 0), (3, 1, 0), (5, 4, 0);
            CREATE TABLE "results-1-1" (id INTEGER PRIMARY KEY, pulse REAL, v_read REAL,
                i_read REAL);
            CREATE TABLE "results-1-2" (id INTEGER PRIMARY KEY, time array, resistance array);
            """
        )
        for amplitude_V, ohm in zip(AMPLITUDES_V, LEVELS_OHM, strict=True):
            both = [(amplitude_V, 0.1, None), (amplitude_V, None, 0.1 / ohm)]
            insert = 'INSERT INTO "results-1-1" (pulse, v_read, i_read) VALUES (?, ?, ?)'
            database.executemany(insert, both)
        arrays = tuple(_blob(values) for values in (np.arange(4.0), np.array(LEVELS_OHM)))
        database.execute('INSERT INTO "results-1-2" (time, resistance) VALUES (?, ?)', arrays)
        database.commit()
    return path


def _blob(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bytes:
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()
