"""Runs as CSV files, each with a file of metadata beside it, named as W3C's CSV on the Web has it.

`run3.csv-metadata.json` holds the units, and everything about the run but its points.
"""

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import ImportFileError
from ..output_file import atomic_write
from ..reading.table import Texts
from .columns import Column
from .document import RunDocument
from .head import join, parse_head, split

SUFFIX = "-metadata.json"
_TYPES = {"integer": "integer", "number": "double", "truth": "boolean", "text": "string"}


def metadata_file(path: Path) -> Path:
    """Return the path of the file of metadata that belongs to a CSV file."""
    return path.with_name(path.name + SUFFIX)


def write(document: RunDocument, path: Path, final: Path) -> None:
    """Write a run into `path`, which becomes `final`, and the metadata beside `final`."""
    head, columns = split(document)
    frame = pd.DataFrame({column.name: _cells(column) for column in columns}, copy=False)
    frame.to_csv(path, lineterminator="\n", index=False)
    described = {
        "@context": "http://www.w3.org/ns/csvw",
        "url": final.name,
        "tableSchema": {"columns": [_described(column) for column in columns]},
        "dwmtj:run": json.loads(head),
    }
    with atomic_write(metadata_file(final)) as draft:
        draft.write_text(json.dumps(described, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> RunDocument:
    """Return the run of a file; raises ImportFileError."""
    try:
        described = json.loads(metadata_file(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImportFileError(f"{metadata_file(path)} cannot be read ({error}).") from error
    head = parse_head(json.dumps(described.get("dwmtj:run")), path)
    kinds = {column["name"]: column["kind"] for column in head["columns"]}
    try:
        with path.open(encoding="utf-8", newline="") as file:
            if next(csv.reader(file), []) != list(kinds):
                raise ImportFileError(
                    f"{path} cannot be read: its columns are not those that were exported."
                )
        frame = pd.read_csv(
            path,
            dtype="object",
            header=0,
            names=list(kinds),  # pandas would rename those without a name
            index_col=False,
            keep_default_na=False,
            na_values=[""],
        )
        columns = [_column(str(name), kinds[str(name)], frame[name]) for name in frame]
    except (OSError, ValueError, KeyError) as error:
        raise ImportFileError(f"{path} cannot be read ({error}).") from error
    return join(head, columns, path)


def _cells(column: Column) -> Any:
    if isinstance(column.values, Texts):
        return np.array([*column.values.distinct, None], dtype=object)[column.values.codes]
    if column.kind == "number" or not column.missing.any():
        return column.values
    cells = column.values.astype(object)
    cells[column.missing] = None
    return cells


def _described(column: Column) -> dict[str, str]:
    described = {"name": column.name, "datatype": _TYPES.get(column.kind, "json")}
    return {**described, "dwmtj:unit": column.unit} if column.unit else described


def _column(name: str, kind: Any, cells: "pd.Series[Any]") -> Column:
    missing = cells.isna().to_numpy()
    if kind == "number":
        texts = cells.where(~missing, "nan").to_numpy().astype(np.str_)
        return Column(name, kind, texts.astype(np.float64), missing)
    if kind in ("text", "json"):
        coded = Texts.of([None if gap else cell for gap, cell in zip(missing, cells, strict=True)])
        return Column(name, kind, coded, missing)
    if kind == "truth":
        return Column(name, kind, (cells == "True").to_numpy(), missing)
    return Column(name, kind, cells.where(~missing, 0).astype("int64").to_numpy(), missing)
