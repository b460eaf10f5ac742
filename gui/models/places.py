"""Names of the files and folders that belong to a model."""

import hashlib
import re

from ...storage import CalibrationRecord

_NOT_IN_NAMES = re.compile(r"[^\w.-]")
DIGITS = 8


def file_stem(record: CalibrationRecord) -> str:
    """Return a name for files of a model, which leads to no other folder: "trapezoid-A3-1".

    Where the model's name holds anything but letters, digits, "_", "-" and ".", a digest of it
    keeps two models apart.
    """
    slug = _NOT_IN_NAMES.sub("_", record.name).lstrip(".-") or "model"
    if slug != record.name:
        slug += f"-{hashlib.sha256(record.name.encode()).hexdigest()[:DIGITS]}"
    return f"{slug}-{record.version}"
