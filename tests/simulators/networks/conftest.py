"""Data sets for the networks: tiny ones in the official formats, and the real ones where given."""

import gzip
import hashlib
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dwmtj.simulators.networks.data.dataset_files import DATA_VARIABLE, DataSetFiles
from dwmtj.tests.official_images import idx


@pytest.fixture
def tiny_arrays() -> dict[str, NDArray[np.uint8]]:
    """Five training and three test images of noise, with labels, by the names of their files."""
    rng = np.random.default_rng(1)
    return {
        "train-images-idx3-ubyte.gz": rng.integers(0, 256, (5, 28, 28), np.uint8),
        "train-labels-idx1-ubyte.gz": np.arange(5, dtype=np.uint8),
        "t10k-images-idx3-ubyte.gz": rng.integers(0, 256, (3, 28, 28), np.uint8),
        "t10k-labels-idx1-ubyte.gz": np.array([9, 0, 9], np.uint8),
    }


@pytest.fixture
def tiny_files(tmp_path: Path, tiny_arrays: dict[str, NDArray[np.uint8]]) -> DataSetFiles:
    """The tiny set as official files, under `served/tiny` of the test's folder."""
    folder = tmp_path / "served" / "tiny"
    folder.mkdir(parents=True)
    contents = {name: idx(array) for name, array in tiny_arrays.items()}
    for name, content in contents.items():
        (folder / name).write_bytes(gzip.compress(content))
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return DataSetFiles("tiny", sums, {})


@pytest.fixture
def read_from(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    return lambda folder: monkeypatch.setenv(DATA_VARIABLE, str(folder))


@pytest.fixture
def real_data() -> Path:
    """The folder of the real data sets; a test that needs it says so where it is not given."""
    folder = os.environ.get(DATA_VARIABLE)
    if not folder:
        pytest.skip(f"needs the images: set {DATA_VARIABLE} to the folder that holds them")
    return Path(folder)
