"""The images and labels of MNIST, Fashion-MNIST and CIFAR-100, in their official order.

LeCun, Cortes, Burges (MNIST, CC BY-SA 3.0); Xiao, Rasul, Vollgraf 2017 (Fashion-MNIST, MIT);
Krizhevsky 2009 (CIFAR-100, binary version, fine labels).
"""

import struct
from dataclasses import dataclass
from typing import Literal, Self, cast, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import NetworkError
from .dataset_files import (
    CIFAR_100,
    FASHION_MNIST,
    MNIST,
    DataSetFiles,
    read_contents,
)

DataSetName = Literal["mnist", "fashion-mnist", "cifar-100"]
Bytes = NDArray[np.uint8]

DIGITS = tuple("0123456789")
GARMENTS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
CIFAR_RECORD = 2 + 3 * 32 * 32  # coarse label, fine label, red, green and blue pixels


@dataclass(frozen=True, slots=True)
class Images:
    """A data set: images (n, 28, 28) or (n, 3, 32, 32) and labels (n,), bytes in official order."""

    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
    classes: tuple[str, ...]

    def held_out(self, count: int) -> Self:
        """Return the same with the last `count` training images in the place of the test images.

        Choices made on them leave the test images to report on. Raises NetworkError for more than
        half of the training images.
        """
        if not 0 < count <= len(self.train_labels) // 2:
            raise NetworkError(
                f"{count} held-out images: hold out between 1 and "
                f"{len(self.train_labels) // 2}, half of the training images."
            )
        return type(self)(
            self.train_images[:-count],
            self.train_labels[:-count],
            self.train_images[-count:],
            self.train_labels[-count:],
            self.classes,
        )


def load_images(name: DataSetName) -> Images:
    """Read a data set from the folder DWMTJ_DATA or the user's cache; raises NetworkError.

    Where DWMTJ_DATA is not set, the official files are downloaded once.
    """
    if name == "mnist":
        return read_idx(MNIST, DIGITS)
    if name == "fashion-mnist":
        return read_idx(FASHION_MNIST, GARMENTS)
    if name == "cifar-100":
        return read_cifar(CIFAR_100)
    raise NetworkError(f"Unknown data set {name!r}: {', '.join(get_args(DataSetName))}.")


def data_set_name(name: str) -> DataSetName:
    """Return the name if there is such a data set; raises NetworkError."""
    if name not in get_args(DataSetName):
        raise NetworkError(f"Unknown data set {name!r}: {', '.join(get_args(DataSetName))}.")
    return cast("DataSetName", name)


def read_idx(files: DataSetFiles, classes: tuple[str, ...]) -> Images:
    """Read the four IDX files of MNIST's format."""
    contents = read_contents(files)
    train_images, train_labels, test_images, test_labels = (
        _idx_array(contents[f"{part}-ubyte.gz"])
        for part in (
            "train-images-idx3",
            "train-labels-idx1",
            "t10k-images-idx3",
            "t10k-labels-idx1",
        )
    )
    return Images(train_images, train_labels, test_images, test_labels, classes)


def read_cifar(files: DataSetFiles) -> Images:
    """Read CIFAR-100's binary version: records of two labels and 3,072 pixels."""
    contents = read_contents(files)
    train, test = (
        np.frombuffer(contents[name], np.uint8).reshape(-1, CIFAR_RECORD)
        for name in ("train.bin", "test.bin")
    )
    names = contents["fine_label_names.txt"].decode("ascii").split()
    return Images(
        train_images=train[:, 2:].reshape(-1, 3, 32, 32).copy(),
        train_labels=train[:, 1].copy(),
        test_images=test[:, 2:].reshape(-1, 3, 32, 32).copy(),
        test_labels=test[:, 1].copy(),
        classes=tuple(names),
    )


def _idx_array(content: bytes) -> Bytes:
    """Return the array: two zero bytes, the type, the number of axes, their sizes, the bytes."""
    axes = content[3]
    shape = struct.unpack_from(f">{axes}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * axes).reshape(shape).copy()
