"""Runs as Parquet files: nulls where nothing was measured, units as metadata of the columns."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import ImportFileError
from ..reading.table import Texts
from .columns import Column
from .document import RunDocument
from .head import join, parse_head, split

KEY = b"dwmtj"  # of the head in the metadata of the file


def write(document: RunDocument, path: Path) -> None:
    """Write a run."""
    head, columns = split(document)
    fields, arrays = [], []
    for column in columns:
        array = _array(column)
        metadata = {"unit": column.unit} if column.unit else None
        fields.append(pa.field(column.name, array.type, metadata=metadata))
        arrays.append(array)
    schema = pa.schema(fields, metadata={KEY: head.encode()})
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path)


def read(path: Path) -> RunDocument:
    """Return the run of a file; raises ImportFileError."""
    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise ImportFileError(f"{path} is not a Parquet file ({error}).") from error
    head = parse_head((table.schema.metadata or {}).get(KEY), path)
    kinds = {column["name"]: column["kind"] for column in head["columns"]}
    columns = [_column(name, kinds.get(name, "json"), table[name]) for name in table.column_names]
    return join(head, columns, path)


def _array(column: Column) -> Any:
    if not isinstance(column.values, Texts):
        return pa.array(column.values, mask=column.missing if column.missing.any() else None)
    codes = pa.array(column.values.codes, mask=column.missing)
    texts = pa.array(column.values.distinct, pa.string())
    return pa.DictionaryArray.from_arrays(codes, texts).dictionary_decode()


def _column(name: str, kind: Any, chunks: Any) -> Column:
    missing = np.asarray(chunks.is_null())
    if kind in ("text", "json"):
        coded = chunks.combine_chunks().dictionary_encode()
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
        return Column(name, kind, Texts(codes, tuple(coded.dictionary.to_pylist())), missing)
    if kind in ("integer", "truth"):
        chunks = chunks.fill_null(0 if kind == "integer" else False)
    return Column(name, kind, chunks.to_numpy(), missing)
