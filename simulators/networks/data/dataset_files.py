"""The official files of each data set: their names, checksums and addresses; fetched once.

Checksums of the contents are SHA-256, of the uncompressed bytes where a file is compressed, so
that files compressed anew count as the originals. Checksums of the downloads are the MD5 sums
that their publishers, or torchvision for MNIST, print beside the addresses.

Other images in the same formats are read from a data set's folder that holds a file
`unofficial.sha256`, as `sha256sum * > unofficial.sha256` writes it; they are checked against that.
"""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import NetworkError
from .download import retrieve

DATA_VARIABLE = "DWMTJ_DATA"
UNOFFICIAL = "unofficial.sha256"
MNIST_SITE = "https://ossci-datasets.s3.amazonaws.com/mnist"
FASHION_SITE = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
CIFAR_ARCHIVE = "https://www.cs.toronto.edu/~kriz/cifar-100-binary.tar.gz"


@dataclass(frozen=True, slots=True)
class DataSetFiles:
    """A data set's folder, the SHA-256 of each file's content, and the MD5 of each download."""

    folder: str
    contents: Mapping[str, str]
    downloads: Mapping[str, str]


MNIST = DataSetFiles(
    folder="mnist",
    contents={
        "train-images-idx3-ubyte.gz": (
            "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db"
        ),
        "train-labels-idx1-ubyte.gz": (
            "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2"
        ),
    },
    downloads={
        f"{MNIST_SITE}/train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
        f"{MNIST_SITE}/train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
        f"{MNIST_SITE}/t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
        f"{MNIST_SITE}/t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
    },
)
FASHION_MNIST = DataSetFiles(
    folder="fashion-mnist",
    contents={
        "train-images-idx3-ubyte.gz": (
            "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"
        ),
        "train-labels-idx1-ubyte.gz": (
            "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"
        ),
        "t10k-images-idx3-ubyte.gz": (
            "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"
        ),
        "t10k-labels-idx1-ubyte.gz": (
            "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"
        ),
    },
    downloads={
        f"{FASHION_SITE}/train-images-idx3-ubyte.gz": "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
        f"{FASHION_SITE}/train-labels-idx1-ubyte.gz": "25c81989df183df01b3e8a0aad5dffbe",
        f"{FASHION_SITE}/t10k-images-idx3-ubyte.gz": "bef4ecab320f06d8554ea6380940ec79",
        f"{FASHION_SITE}/t10k-labels-idx1-ubyte.gz": "bb300cfdad3c16e7a12a480ee83cd310",
    },
)
CIFAR_100 = DataSetFiles(
    folder="cifar-100-binary",
    contents={
        "train.bin": "f31298fc616915fa142368359df1c4ca2ae984d6915ca468b998a5ec6aeebf29",
        "test.bin": "d8b1e6b7b3bee4020055f0699b111f60b1af1e262aeb93a0b659061746f8224a",
        "fine_label_names.txt": (
            "4a53f81a8af29bb6aa646bfe2c455db1b061edfde82a39c0cfc313ef536c681b"
        ),
    },
    downloads={CIFAR_ARCHIVE: "03b5dce01913d631647c71ecec9e9cb8"},
)


def read_contents(files: DataSetFiles) -> dict[str, bytes]:
    """Return the uncompressed content of each file, by its name; raises NetworkError.

    They come from the folder that DWMTJ_DATA names or, where that is not set, from the user's
    cache, into which missing ones are downloaded. Only the former may hold unofficial files.
    """
    given = os.environ.get(DATA_VARIABLE)
    if given:
        folder = Path(given).expanduser() / files.folder
        if (folder / UNOFFICIAL).is_file():
            return _read_unofficial(folder, files)
    else:
        folder = cache_folder() / files.folder
        if not all((folder / name).is_file() for name in files.contents):
            download(files, folder)
    return {name: _read(folder / name, sha256) for name, sha256 in files.contents.items()}


def cache_folder() -> Path:
    """Return the user's own folder for downloaded data."""
    import pooch

    return Path(pooch.os_cache("dwmtj"))


def download(files: DataSetFiles, folder: Path) -> None:
    """Download, check and unpack the official files; a file is put in place once it is whole."""
    for url, md5 in files.downloads.items():
        got = retrieve(url, md5, folder)
        if tarfile.is_tarfile(got):
            _unpack(got, files)


def _unpack(archive: Path, files: DataSetFiles) -> None:
    with TemporaryDirectory(dir=archive.parent) as partial, tarfile.open(archive) as packed:
        for name in files.contents:
            packed.extract(f"{files.folder}/{name}", partial, filter="data")
            (Path(partial) / files.folder / name).replace(archive.parent / name)
    archive.unlink()


def _read(path: Path, sha256: str) -> bytes:
    """Return the content of an official file, which has this checksum; raises NetworkError."""
    content = _uncompressed(path, _bytes_of(path))
    if _sha256(content) != sha256:
        raise NetworkError(_corrupt(path))
    return content


def _read_unofficial(folder: Path, files: DataSetFiles) -> dict[str, bytes]:
    """Return the contents of files whose checksums, as they lie there, their folder states."""
    lines = _bytes_of(folder / UNOFFICIAL).decode(errors="replace").splitlines()
    stated = {line[66:]: line[:64] for line in lines}  # the sum, a space, a space or an asterisk
    contents = {}
    for name in files.contents:
        content = _bytes_of(folder / name)
        if stated.get(name) != _sha256(content):
            raise NetworkError(
                f"{folder / name} is damaged, or another file than {UNOFFICIAL} beside it states: "
                f"restore it, or write {UNOFFICIAL} anew."
            )
        contents[name] = _uncompressed(folder / name, content)
    return contents


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise NetworkError(
            f"{path} is missing: put the official file there, or leave {DATA_VARIABLE} unset and "
            "it is downloaded."
        ) from error
    except OSError as error:
        raise NetworkError(
            f"{path} cannot be read ({error.strerror}): allow reading it."
        ) from error


def _uncompressed(path: Path, content: bytes) -> bytes:
    try:
        return gzip.decompress(content) if path.suffix == ".gz" else content
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise NetworkError(_corrupt(path)) from error


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _corrupt(path: Path) -> str:
    return (
        f"{path} is not the official file, or is damaged (its checksum differs): delete it and "
        "get it anew."
    )
