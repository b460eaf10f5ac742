"""The table of a file, read by what the file is: text, HDF5, Excel, MATLAB or QCoDeS."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from ...errors import ImportFileError
from .table import Table
from .text import text_of

_HDF5 = b"\x89HDF\r\n\x1a\n"
_MATLAB = b"MATLAB 5.0 MAT-file"


def read_table(path: Path, columns: Sequence[str], table: str | None = None) -> Table:
    """Return the table of a file with these columns, names or numbers from 1.

    `table` chooses a sheet, dataset or run of a file with several. Raises ImportFileError.
    """
    content = read_bytes(path)
    sha256 = hashlib.sha256(content).hexdigest()
    if content.startswith(_HDF5) or content[512:520] == _HDF5:
        from .arrays import read_hdf5

        return read_hdf5(path, sha256, columns, table)
    if content.startswith(_MATLAB) or path.suffix.lower() == ".mat":
        from .arrays import read_matlab

        return read_matlab(path, sha256, columns, table)
    if content.startswith(b"SQLite format 3"):
        from .qcodes import read_qcodes

        return read_qcodes(path, sha256, columns, table)
    if content.startswith(b"PK"):
        from .spreadsheet import is_workbook, read_workbook

        if is_workbook(path):
            return read_workbook(path, sha256, columns, table)
    from .delimited import read_delimited

    if table is not None:
        raise ImportFileError(f"{path.name} is a text file and has one table; leave --table out.")
    return read_delimited(path.name, sha256, text_of(path.name, content), columns)


def read_bytes(path: Path) -> bytes:
    """Return the content of a file; raises ImportFileError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImportFileError(
            f"{path} cannot be read ({error.strerror}): check the path."
        ) from error
