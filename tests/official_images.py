"""Synthetic images in the files of MNIST, Fashion-MNIST and CIFAR-100, which a network can learn.

Each class has a pattern of its own; an image is its class's pattern with noise. They stand for the
official images where a test is about what is done with images, not about what these show.
"""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dwmtj.simulators.networks.data.dataset_files import UNOFFICIAL

Bytes = NDArray[np.uint8]
NOISE = 40.0  # standard deviation, of 255


def write_official_images(
    folder: Path, *, train: int = 600, test: int = 200, seed: int = 0
) -> Path:
    """Write `mnist/`, `fashion-mnist/` and `cifar-100-binary/`; return the folder.

    DWMTJ_DATA may name the folder. Classes come in turn, so that each has equally many images.
    """
    rng = np.random.default_rng(seed)
    for name in ("mnist", "fashion-mnist"):
        patterns = _patterns(10, (28, 28), rng)
        files = {}
        for part, count in (("train", train), ("t10k", test)):
            labels = _labels(count, 10)
            files[f"{part}-images-idx3-ubyte.gz"] = _idx_gz(_images(patterns, labels, rng))
            files[f"{part}-labels-idx1-ubyte.gz"] = _idx_gz(labels)
        _write(folder / name, files)
    patterns = _patterns(100, (3, 32, 32), rng)
    names = "".join(f"thing_{number}\n" for number in range(100))
    files = {"fine_label_names.txt": names.encode()}
    for part, count in (("train", train), ("test", test)):
        labels = _labels(count, 100)
        pixels = _images(patterns, labels, rng).reshape(count, -1)
        files[f"{part}.bin"] = np.column_stack([labels // 5, labels, pixels]).tobytes()
    _write(folder / "cifar-100-binary", files)
    return folder


def idx(array: Bytes) -> bytes:
    """Return the array in the IDX format of unsigned bytes."""
    head = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape)
    return head + array.tobytes()


def _idx_gz(array: Bytes) -> bytes:
    return gzip.compress(idx(array), compresslevel=1, mtime=0)


def _patterns(
    classes: int, shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """A random picture in 7 × 7 or 8 × 8 squares of 4 × 4 pixels for each class."""
    coarse = (*shape[:-2], shape[-2] // 4, shape[-1] // 4)
    squares = rng.uniform(0, 255, (classes, *coarse))
    return squares.repeat(4, axis=-2).repeat(4, axis=-1)


def _labels(count: int, classes: int) -> Bytes:
    return (np.arange(count) % classes).astype(np.uint8)


def _images(patterns: NDArray[np.float64], labels: Bytes, rng: np.random.Generator) -> Bytes:
    noisy = patterns[labels] + rng.normal(0, NOISE, (len(labels), *patterns.shape[1:]))
    return noisy.clip(0, 255).astype(np.uint8)


def _write(folder: Path, files: dict[str, bytes]) -> None:
    folder.mkdir(parents=True)
    sums = ""
    for name, content in files.items():
        (folder / name).write_bytes(content)
        sums += f"{hashlib.sha256(content).hexdigest()}  {name}\n"
    (folder / UNOFFICIAL).write_text(sums)
