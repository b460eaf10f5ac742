"""Files of whole runs, by the end of their name: .csv, .parquet, .h5 and .nc."""

import importlib
from contextlib import suppress
from pathlib import Path

from ..errors import ImportFileError, StoreError
from ..output_file import atomic_write, check_overwrite
from .document import RunDocument
from .head import HEAD

SUFFIXES = (".csv", ".parquet", ".h5", ".hdf5", ".nc")
_KINDS = {".csv": "csv", ".parquet": "parquet", ".h5": "hdf5", ".hdf5": "hdf5", ".nc": "hdf5"}
PARQUET_SIGNATURE = b"PAR1"
HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"

_DAMAGES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What the libraries raise about bytes that nobody wrote."""


def check_target(path: Path, *, overwrite: bool) -> None:
    """Raise StoreError unless a run can be exported to `path`."""
    check_overwrite(path, overwrite=overwrite)
    if path.suffix.lower() not in SUFFIXES:
        raise StoreError(
            f"The end of {path.name} names no format: use one of {', '.join(SUFFIXES)}."
        )
    if path.suffix.lower() == ".csv":
        from .csv_file import metadata_file

        check_overwrite(metadata_file(path), overwrite=overwrite)


def write_file(document: RunDocument, path: Path, *, overwrite: bool = False) -> None:
    """Write a run into a file of the format that its name ends with; raises StoreError."""
    check_target(path, overwrite=overwrite)
    suffix = path.suffix.lower()
    with atomic_write(path) as draft:
        if suffix == ".csv":
            from . import csv_file

            csv_file.write(document, draft, path)
        elif suffix == ".parquet":
            _needs("pyarrow", path)
            from . import parquet

            parquet.write(document, draft)
        else:
            _needs("h5netcdf", path)
            from . import netcdf

            netcdf.write(document, draft)


def is_run_file(path: Path) -> bool:
    """Return True if a file may be one of `write_file`, rather than of another program.

    Raises ImportFileError for one that is empty or a part of an HDF5 file.
    """
    if path.is_file() and path.suffix.lower() in SUFFIXES and not path.stat().st_size:
        raise ImportFileError(f"{path} is empty: export the run again.")
    kind = _kind(path)
    if kind == "csv":
        from .csv_file import metadata_file

        return metadata_file(path).exists()
    return _holds_head(path) if kind == "hdf5" else kind == "parquet"


def lacks_metadata(path: Path) -> bool:
    """Return True for a CSV file that begins as those of `write_file`, without metadata beside."""
    if _kind(path) != "csv" or is_run_file(path):
        return False
    from .columns import NAMES  # pandas takes longer to import than the room

    begin = ",".join(NAMES[:5])
    with suppress(OSError), path.open("rb") as file:
        return file.read(len(begin)) == begin.encode()
    return False


def read_file(path: Path) -> RunDocument:
    """Return the run of a file, verified by its checksum; raises ImportFileError."""
    if not path.is_file():
        raise ImportFileError(f"There is no file {path}.")
    try:
        return _read(path)
    except _DAMAGES as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise ImportFileError(
            f"{path} cannot be read ({reason}): it was changed or is damaged; export the run again."
        ) from error


def _read(path: Path) -> RunDocument:
    kind = _kind(path)
    if kind == "csv":
        from . import csv_file

        return csv_file.read(path)
    if kind == "parquet":
        _needs("pyarrow", path)
        from . import parquet

        return parquet.read(path)
    _needs("h5netcdf", path)
    from . import netcdf

    return netcdf.read(path)


def _kind(path: Path) -> str:
    """Return the format of a file by how it begins, else by the end of its name."""
    begin = b""
    with suppress(OSError), path.open("rb") as file:
        begin = file.read(len(HDF5_SIGNATURE))
    if begin == HDF5_SIGNATURE:
        return "hdf5"
    if begin.startswith(PARQUET_SIGNATURE):
        return "parquet"
    return _KINDS.get(path.suffix.lower(), "")


def _holds_head(path: Path) -> bool:
    try:
        import h5py
    except ImportError:
        return False
    try:
        with h5py.File(path, "r") as opened:
            return HEAD in opened
    except OSError as error:
        with suppress(OSError), path.open("rb") as file:
            if file.read(len(HDF5_SIGNATURE)) != HDF5_SIGNATURE:
                return False
        raise ImportFileError(f"{path} is damaged, or a part of a file ({error}).") from error


def _needs(module: str, path: Path) -> None:
    try:
        importlib.import_module(module)
    except ImportError as error:
        raise StoreError(
            f"{path.suffix} files need {module}: pip install 'dwmtj[export]'."
        ) from error
