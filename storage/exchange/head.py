"""The head of a run's file: all about the run but the table of the points that count."""

import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import ImportFileError
from ..reading.table import INTEGERS, TEXTS, PointTable, Texts
from ..schema import MEASURED
from .columns import Column, columns_of, table_of
from .document import FORMAT, VERSION, RunDocument

HEAD = "dwmtj_run"  # the variable of the head in HDF5, whose attributes hold 64 KiB


def split(document: RunDocument) -> tuple[str, list[Column]]:
    """Return the head of a file, JSON, and the columns of the points that count.

    Points of cycles that a later attempt repeated are in the head: no reader of the table takes
    them for results.
    """
    counting = document.points.without_superseded()
    kept = np.isin(document.points.integers["point"], counting.integers["point"])
    columns = columns_of(counting)
    head = {
        "format": FORMAT,
        "version": VERSION,
        "checksum": document.checksum(with_device=True),
        **document.head,
        "columns": [
            {"name": column.name, "kind": column.kind, "unit": column.unit} for column in columns
        ],
        "superseded": _lists(document.points.where(~kept)) if not kept.all() else None,
    }
    return json.dumps(head), columns


def parse_head(text: str | bytes | None, file: object) -> dict[str, Any]:
    """Return the head of a file; raises ImportFileError unless this dwmtj reads its version."""
    try:
        head = json.loads(text or "null")
        version = head["version"] if head["format"] == FORMAT else None
    except (ValueError, TypeError, KeyError):
        version = None
    if not isinstance(version, int):
        raise ImportFileError(f"{file} holds no run that dwmtj exported.")
    if version > VERSION:
        raise ImportFileError(f"{file} was written by a newer dwmtj: update dwmtj to import it.")
    found: dict[str, Any] = head
    return found


def join(head: dict[str, Any], columns: Sequence[Column], file: object) -> RunDocument:
    """Return the run of a file; raises ImportFileError if its content is not what was written."""
    document = None
    try:
        points = table_of(columns)
        if head["superseded"]:
            points = _merged(points, head["superseded"])
        about = {key: head[key] for key in ("run", "device", "earlier_attempts", "warnings")}
        document = RunDocument(about, points)
    except (KeyError, ValueError, TypeError):
        document = None
    with_device = head["version"] > 1
    if document is None or document.checksum(with_device=with_device) != head["checksum"]:
        raise ImportFileError(
            f"{file} does not hold what was exported (its checksum differs): it was changed or "
            "is damaged; export the run again."
        )
    return document


def _lists(table: PointTable) -> dict[str, Any]:
    numbers = {name: values.tolist() for name, values in table.integers.items()}
    measured = {
        name: [None if value != value else value for value in values.tolist()]
        for name, values in table.measured.items()
    }
    texts = {name: list(values) for name, values in table.texts.items()}
    extras = list(zip(table.extra_rows.tolist(), table.extras, strict=True))
    return {**numbers, **measured, **texts, "extra": extras}


def _merged(table: PointTable, lists: dict[str, Any]) -> PointTable:
    first = len(table)
    order = np.argsort(np.append(table.integers["point"], lists["point"]), kind="stable")
    place = np.argsort(order)
    rows = np.append(table.extra_rows, [first + row for row, _ in lists["extra"]]).astype(np.int64)
    extras = [*table.extras, *(extra for _, extra in lists["extra"])]
    by_place = np.argsort(place[rows])
    return PointTable(
        {name: np.append(table.integers[name], lists[name])[order] for name in INTEGERS},
        {
            name: np.append(table.measured[name], np.array(lists[name], np.float64))[order]
            for name in MEASURED
        },
        {name: _merged_texts(table.texts[name], lists[name], order) for name in TEXTS},
        place[rows][by_place],
        [extras[number] for number in by_place],
    )


def _merged_texts(texts: Texts, more: Sequence[str | None], order: Any) -> Texts:
    every = [*texts, *more]
    return Texts.of([every[number] for number in order])
