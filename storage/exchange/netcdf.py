"""Runs as netCDF-4 files, which are HDF5 files: a variable a column along the dimension `point`.

xarray, Panoply and MATLAB's ncread read the one, h5py, Igor and MATLAB's h5read the other.
"""

import io
import json
import re
from pathlib import Path
from typing import Any

import h5netcdf
import h5py
import numpy as np

from ..errors import ImportFileError
from ..reading.table import Texts
from .columns import Column
from .document import RunDocument
from .head import HEAD, join, parse_head, split

DIMENSION = "point"
NO_INTEGER = -(2**63)
NO_TRUTH = -1
ROWS_A_CHUNK = 65_536


def write(document: RunDocument, path: Path) -> None:
    """Write a run."""
    content = io.BytesIO()  # where HDF5 meets a full disk, it ends the process
    with h5netcdf.File(content, "w") as file:
        _write_run(document, file)
    path.write_bytes(content.getbuffer())


def read(path: Path) -> RunDocument:
    """Return the run of a file; raises ImportFileError."""
    try:
        with h5py.File(path, "r") as file:
            found = file.get(HEAD)
            head = parse_head(found[()] if isinstance(found, h5py.Dataset) else None, path)
            columns = [
                _column(each["name"], each["kind"], file[_place(each["name"], head)][()])
                for each in head["columns"]
            ]
    except (OSError, KeyError) as error:
        raise ImportFileError(f"{path} cannot be read as HDF5 ({error}).") from error
    return join(head, columns, path)


def variable_of(name: str) -> str:
    """Return the name of a column's variable: what HDF5 reads as a path, or has, is %-escaped."""
    if name in ("", ".", "..", HEAD):
        return "".join(map(_escaped, name)) or "%"
    return re.sub(r"[/%\x00-\x1f\x7f]|^ | $", lambda found: _escaped(found[0]), name)


def _escaped(sign: str) -> str:
    return f"%{ord(sign):02X}"


def _place(name: str, head: dict[str, Any]) -> str:
    return variable_of(name) if head["version"] > 1 else name


def _write_run(document: RunDocument, file: Any) -> None:
    head, columns = split(document)
    run = document.head["run"]
    file.attrs["title"] = f"{run['protocol']} on {document.head['device']['name']}"
    file.attrs["Conventions"] = "CF-1.11"
    for name in ("guid", "protocol", "status", "started", "finished", "code_version"):
        file.attrs[name] = str(run[name])
    file.attrs["parameters"] = json.dumps(run["parameters"])
    file.attrs["identities"] = json.dumps(run["bench"].get("identities", {}))
    file.dimensions = {DIMENSION: len(document.points.without_superseded()) or None}
    for column in columns:
        _write(file, column)
    variable = file.create_variable(HEAD, (), h5py.string_dtype())
    variable[...] = head


def _write(file: Any, column: Column) -> None:
    values, fill = _values(column)
    options: dict[str, Any] = {}
    if len(values) and not isinstance(column.values, Texts):
        options = {"chunks": (min(len(values), ROWS_A_CHUNK),), "compression": "gzip"}
        options |= {"compression_opts": 1, "shuffle": True}
    dtype = h5py.string_dtype() if isinstance(column.values, Texts) else values.dtype
    name = variable_of(column.name)
    variable = file.create_variable(name, (DIMENSION,), dtype, fillvalue=fill, **options)
    if len(values):
        variable[...] = values
    if name != column.name:
        variable.attrs["long_name"] = json.dumps(column.name)
    if column.unit:
        variable.attrs["units"] = column.unit


def _values(column: Column) -> tuple[Any, Any]:
    """Return the values with a fill value where there is none, and the fill value if any is."""
    if isinstance(column.values, Texts):
        texts = np.array([*column.values.distinct, ""], dtype=object)  # MISSING is the last
        return texts[column.values.codes], None
    if column.kind == "number":
        return column.values, np.nan
    values = column.values.astype(np.int8) if column.kind == "truth" else column.values
    if not column.missing.any():
        return values, None
    fill = values.dtype.type(NO_TRUTH if column.kind == "truth" else NO_INTEGER)
    return np.where(column.missing, fill, values), fill


def _column(name: str, kind: Any, values: Any) -> Column:
    if kind in ("text", "json"):
        texts = Texts.of([value.decode() or None for value in values])
        return Column(name, kind, texts, texts.codes < 0)
    if kind == "number":
        return Column(name, kind, values, np.isnan(values))
    missing = values == (NO_TRUTH if kind == "truth" else NO_INTEGER)
    kept = np.where(missing, 0, values)
    return Column(name, kind, kept.astype(np.bool_) if kind == "truth" else kept, missing)
