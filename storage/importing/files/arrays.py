"""Tables of files of arrays: HDF5 (also ArC TWO, netCDF4 and MATLAB 7.3) and MATLAB.

A table is a structured array, arrays of equal length beside each other, or a matrix, whose columns
are then known by their numbers. A file with several tables needs the path of one.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import ImportFileError
from ..units import split_name
from .table import Cell, Table, plain_name

Arrays = Mapping[str, np.ndarray[Any, Any]]


def read_hdf5(path: Path, sha256: str, columns: Sequence[str], table: str | None) -> Table:
    """Return the table with these columns; raises ImportFileError."""
    try:
        import h5py
    except ImportError:
        raise ImportFileError(
            f"{path.name} is an HDF5 file, which is read with h5py: pip install 'dwmtj[import]'."
        ) from None
    try:
        with h5py.File(path, "r") as file:
            tables = dict(_hdf5_tables(file, ""))
    except OSError as error:
        raise ImportFileError(f"{path.name} cannot be read as HDF5 ({error}).") from error
    return _chosen(path.name, sha256, tables, columns, table)


def read_matlab(path: Path, sha256: str, columns: Sequence[str], table: str | None) -> Table:
    """Return the table with these columns; raises ImportFileError."""
    from scipy.io import loadmat

    try:
        content = loadmat(str(path), simplify_cells=True)
    except Exception as error:
        raise ImportFileError(
            f"{path.name} cannot be read as a MATLAB file ({error}): save it as CSV."
        ) from error
    named = {name: value for name, value in content.items() if not name.startswith("__")}
    return _chosen(path.name, sha256, dict(_matlab_tables(named, "")), columns, table)


def _hdf5_tables(group: Any, place: str) -> Iterator[tuple[str, Arrays]]:
    import h5py

    single: dict[str, np.ndarray[Any, Any]] = {}
    for name, item in group.items():
        if isinstance(item, h5py.Group):
            yield from _hdf5_tables(item, f"{place}/{name}")
        elif isinstance(item, h5py.Dataset) and item.dtype.names and item.ndim == 1:
            used = int(item.attrs.get("NROWS", len(item)))  # ArC TWO keeps room for more rows
            rows = item[:used]
            yield f"{place}/{name}", {field: rows[field] for field in item.dtype.names}
        elif isinstance(item, h5py.Dataset) and item.ndim and not item.dtype.names:
            single[_with_unit(name, item.attrs)] = _unpacked(item[()], item.attrs)
    yield from _tables(place, single)


def _unpacked(values: np.ndarray[Any, Any], attributes: Any) -> np.ndarray[Any, Any]:
    """Return numbers as netCDF packs them: stored · scale_factor + add_offset, NaN for fills."""
    packing = {"scale_factor": 1.0, "add_offset": 0.0}
    keys = [*packing, "_FillValue", "missing_value"]
    if values.dtype.kind not in "iuf" or not any(key in attributes for key in keys):
        return values
    scale, offset = (float(np.ravel(attributes.get(k, v))[0]) for k, v in packing.items())
    fills = [np.ravel(attributes[key])[0] for key in keys[2:] if key in attributes]
    return np.where(np.isin(values, fills), np.nan, values * scale + offset)


def _with_unit(name: str, attributes: Any) -> str:
    unit = next((attributes[key] for key in ("units", "unit") if key in attributes), "")
    text = unit.decode() if isinstance(unit, bytes) else str(unit)
    return f"{name} ({text})" if text and split_name(name)[1] is None else name


def _matlab_tables(values: Mapping[str, Any], place: str) -> Iterator[tuple[str, Arrays]]:
    single: dict[str, np.ndarray[Any, Any]] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _matlab_tables(value, f"{place}/{name}")
        elif isinstance(value, np.ndarray) and value.dtype.names is None:
            single[name] = value
    yield from _tables(place, single)


def _tables(place: str, arrays: Mapping[str, np.ndarray[Any, Any]]) -> Iterator[tuple[str, Arrays]]:
    """Yield vectors of equal length as one table, and each matrix as a table of its own."""
    lengths: dict[int, dict[str, np.ndarray[Any, Any]]] = {}
    for name, array in arrays.items():
        flat = np.squeeze(array)
        if flat.dtype.kind not in "iufbSUO":
            continue
        if flat.ndim == 1 and len(flat) > 1:
            lengths.setdefault(len(flat), {})[name] = flat
        elif flat.ndim == 2:
            columns = {str(at + 1): column for at, column in enumerate(flat.T)}
            yield f"{place}/{name}", columns
    for count, columns in lengths.items():
        several = len(lengths) > 1
        yield f"{place or '/'}{f' ({count} rows)' if several else ''}", columns


def _chosen(
    name: str,
    sha256: str,
    tables: Mapping[str, Arrays],
    columns: Sequence[str],
    table: str | None,
) -> Table:
    place = choose_table(name, list(tables), lambda key: list(tables[key]), columns, table)
    arrays = tables[place]
    cells = [_cells(array) for array in arrays.values()]
    rows: list[Sequence[Cell]] = list(zip(*cells, strict=True))
    remarks = (f"table {place}",) if len(tables) > 1 else ()
    return Table(name, sha256, tuple(arrays), rows, range(1, len(rows) + 1), "row", remarks=remarks)


def choose_table(
    name: str,
    places: Sequence[str],
    header_of: Callable[[str], Sequence[str]],
    columns: Sequence[str],
    table: str | None,
) -> str:
    """Return the table asked for, or the only one with these columns; raises ImportFileError."""
    if table is not None:
        for place in places:
            if place.strip("/") == table.strip("/"):
                return place
        raise ImportFileError(f"{name} has no table {table!r}; it has {_listed(places) or 'none'}.")
    wanted = {plain_name(column) for column in columns if not column.isdecimal()}

    def has_all(header: Sequence[str]) -> bool:
        names = {plain_name(cell) for cell in header}
        return wanted <= names | {split_name(name)[0] for name in names}

    highest = max((int(column) for column in columns if column.isdecimal()), default=0)
    fitting = []
    for place in places:
        header = header_of(place)
        if has_all(header) and highest <= len(header):
            fitting.append(place)
    if len(fitting) == 1:
        return fitting[0]
    if not fitting:
        described = [
            f"{place} with {', '.join(header_of(place)[:20]) or 'none'}" for place in places
        ]
        raise ImportFileError(
            f"{name} has no table with the columns {', '.join(columns)}; its tables are "
            f"{_listed(described) or 'none'}."
        )
    raise ImportFileError(
        f"{name} has {len(fitting)} tables with these columns; choose one with --table: "
        f"{_listed(fitting)}."
    )


def _listed(places: Sequence[str]) -> str:
    more = f" and {len(places) - 12} more" if len(places) > 12 else ""
    return "; ".join(places[:12]) + more


def _cells(array: np.ndarray[Any, Any]) -> list[Cell]:
    if array.dtype == np.float32:
        return [float(str(cell)) for cell in array]  # 1e-07 as it was set, not 1.00000001e-07
    return [cell.decode() if isinstance(cell, bytes) else cell for cell in array.tolist()]
