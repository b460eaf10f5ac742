"""The text of a file: its encoding, and the rejection of files that are no text."""

from ...errors import ImportFileError

_KINDS = (
    (b"\xd0\xcf\x11\xe0", "an old Excel or Origin file"),
    (b"CPYA", "an Origin project"),
    (b"TDSm", "a LabVIEW TDMS file"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x1f\x8b", "a compressed file"),
    (b"PK", "a zip archive"),
    (b"SQLite format 3", "a database"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig", "UTF-8"),
    (b"\xff\xfe\x00\x00", "utf-32", "UTF-32"),
    (b"\xff\xfe", "utf-16", "UTF-16"),
    (b"\xfe\xff", "utf-16", "UTF-16"),
)
_CONTROLS = frozenset(map(chr, range(32))) - set("\t\n\r\f\v\x1a\x1b")


def text_of(name: str, content: bytes) -> str:
    """Return the text of a file; raises ImportFileError for a binary or truncated one."""
    for mark, encoding, standard in _MARKS:
        if content.startswith(mark):
            return _decoded(name, content, encoding, standard).lstrip("\ufeff")
    for mark, kind in _KINDS:
        if content.startswith(mark):
            raise _no_text(name, f"is {kind}")
    utf_16 = _utf_16_without_mark(content)
    if utf_16:
        text = _decoded(name, content, utf_16, "UTF-16")
    else:
        text = _eight_bits(content.rstrip(b"\x00"))  # room that a logger did not come to fill
    if "\x00" in text or sum(text.count(one) for one in _CONTROLS) > 0.01 * len(text):
        raise _no_text(name, "is a binary file")
    return text.lstrip("\ufeff").rstrip("\x1a")


def _utf_16_without_mark(content: bytes) -> str | None:
    """Return UTF-16 of the byte order in which most high bytes are zero, as in Latin text."""
    sample = content[:4096]
    if len(sample) < 4:
        return None
    share = [sample[at::2].count(0) / len(sample[at::2]) for at in (0, 1)]
    if share[1] > 0.6 and share[0] < 0.1:
        return "utf-16-le"
    return "utf-16-be" if share[0] > 0.6 and share[1] < 0.1 else None


def _eight_bits(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _decoded(name: str, content: bytes, encoding: str, standard: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise ImportFileError(
            f"{name} begins as {standard} and breaks off at byte {error.start} ({error.reason}): "
            "save it again, in UTF-8 if you can."
        ) from error


def _no_text(name: str, what: str) -> ImportFileError:
    return ImportFileError(
        f"{name} {what}, which is not read here: open it in the program that wrote it and save it "
        "as CSV."
    )
