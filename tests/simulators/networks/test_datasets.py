"""Data sets are read in the official formats, fetched once, and checked."""

import gzip
import hashlib
import tarfile
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dwmtj.simulators.networks import NetworkError, load_images
from dwmtj.simulators.networks.data.dataset_files import (
    DATA_VARIABLE,
    UNOFFICIAL,
    DataSetFiles,
    read_contents,
)
from dwmtj.simulators.networks.data.images import (
    DIGITS,
    DataSetName,
    Images,
    data_set_name,
    read_cifar,
    read_idx,
)
from dwmtj.tests.official_images import write_official_images

Arrays = dict[str, NDArray[np.uint8]]


def test_idx_files_are_read_as_they_were_written(
    tmp_path: Path, tiny_arrays: Arrays, tiny_files: DataSetFiles, read_from: Callable[[Path], None]
) -> None:
    read_from(tmp_path / "served")
    images = read_idx(tiny_files, DIGITS)
    assert np.array_equal(images.train_images, tiny_arrays["train-images-idx3-ubyte.gz"])
    assert np.array_equal(images.test_labels, [9, 0, 9])
    assert images.train_images.flags.writeable


def test_files_compressed_anew_count_as_the_originals(
    tmp_path: Path, tiny_files: DataSetFiles, read_from: Callable[[Path], None]
) -> None:
    read_from(tmp_path / "served")
    path = tmp_path / "served" / "tiny" / "t10k-labels-idx1-ubyte.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes()), compresslevel=1, mtime=7))
    assert len(read_idx(tiny_files, DIGITS).test_labels) == 3


def other_content(path: Path) -> None:
    path.write_bytes(gzip.compress(b"something else"))


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9])


def not_gzip(path: Path) -> None:
    path.write_bytes(b"<html>")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (Path.unlink, "is missing"),
        (other_content, "is damaged"),
        (cut_short, "is damaged"),
        (not_gzip, "is damaged"),
    ],
)
def test_a_missing_or_corrupt_file_is_named(
    tmp_path: Path,
    tiny_files: DataSetFiles,
    read_from: Callable[[Path], None],
    spoil: Callable[[Path], None],
    sentence: str,
) -> None:
    read_from(tmp_path / "served")
    spoil(tmp_path / "served" / "tiny" / "train-labels-idx1-ubyte.gz")
    with pytest.raises(NetworkError, match=f"train-labels-idx1-ubyte.gz .*{sentence}"):
        read_idx(tiny_files, DIGITS)


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "cifar-100"])
def test_other_images_in_the_official_formats_are_read_by_their_own_checksums(
    official_images: Path, read_from: Callable[[Path], None], name: DataSetName
) -> None:
    """The synthetic ones can be told apart: the nearest mean of a class is the right one."""
    read_from(official_images)
    images = load_images(name)
    assert (len(images.train_labels), len(images.test_labels)) == (600, 200)
    assert len(images.classes) == images.train_labels.max() + 1
    train = images.train_images.reshape(600, -1).astype(float)
    means = np.array(
        [train[images.train_labels == n].mean(axis=0) for n in range(len(images.classes))]
    )
    test = images.test_images.reshape(200, 1, -1)
    nearest = ((test - means) ** 2).sum(axis=2).argmin(axis=1)
    assert np.array_equal(nearest, images.test_labels)


@pytest.mark.parametrize("name", ["train.bin", "fine_label_names.txt"])
def test_other_images_that_are_not_those_of_their_checksums_are_refused(
    tmp_path: Path, read_from: Callable[[Path], None], name: str
) -> None:
    read_from(write_official_images(tmp_path, train=2, test=1))
    path = tmp_path / "cifar-100-binary" / name
    content = path.read_bytes()
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    with pytest.raises(
        NetworkError, match=rf"{name} is damaged, or another file than {UNOFFICIAL}"
    ):
        load_images("cifar-100")
    path.write_bytes(content)
    load_images("cifar-100")
    path.unlink()
    with pytest.raises(NetworkError, match=f"{name} is missing"):
        load_images("cifar-100")


def test_without_checksums_of_their_own_other_images_are_refused(
    tmp_path: Path, read_from: Callable[[Path], None]
) -> None:
    read_from(write_official_images(tmp_path, train=2, test=1))
    (tmp_path / "mnist" / UNOFFICIAL).unlink()
    with pytest.raises(NetworkError, match="is not the official file"):
        load_images("mnist")


def test_held_out_images_are_trained_on_by_none_and_stand_for_the_test_images() -> None:
    pixels = np.arange(12, dtype=np.uint8).reshape(12, 1, 1)
    images = Images(pixels[:9], pixels[:9, 0, 0], pixels[9:], pixels[9:, 0, 0], DIGITS)
    chosen = images.held_out(3)
    assert chosen.train_labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert chosen.test_labels.tolist() == [6, 7, 8]
    assert chosen.train_images.ravel().tolist() == [0, 1, 2, 3, 4, 5]
    assert chosen.test_images.ravel().tolist() == [6, 7, 8]
    for count in (0, 5, -3):
        with pytest.raises(NetworkError, match="between 1 and 4"):
            images.held_out(count)


def test_an_unknown_data_set_is_answered_with_those_there_are() -> None:
    with pytest.raises(
        NetworkError, match="Unknown data set 'letters': mnist, fashion-mnist, cifar"
    ):
        data_set_name("letters")


class Server(ThreadingHTTPServer):
    requested: list[str]


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A web server on loopback for the folder `served`, and an empty cache of the user's."""
    monkeypatch.delenv(DATA_VARIABLE, raising=False)
    monkeypatch.setattr(
        "dwmtj.simulators.networks.data.dataset_files.cache_folder", lambda: tmp_path / "home"
    )

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_message: Any) -> None:
            served.requested.append(self.path)

    (tmp_path / "served").mkdir(exist_ok=True)
    served = Server(("127.0.0.1", 0), partial(Handler, directory=str(tmp_path / "served")))
    served.requested = []
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


def with_downloads(files: DataSetFiles, server: Server, paths: list[Path]) -> DataSetFiles:
    at = f"http://127.0.0.1:{server.server_port}"
    sums = {
        f"{at}/{path.parent.name}/{path.name}": hashlib.md5(path.read_bytes()).hexdigest()
        for path in paths
    }
    return DataSetFiles(files.folder, files.contents, sums)


def test_without_a_data_folder_the_files_are_downloaded_once(
    tmp_path: Path, tiny_files: DataSetFiles, server: Server
) -> None:
    files = with_downloads(tiny_files, server, sorted((tmp_path / "served/tiny").iterdir()))
    for _ in range(2):
        assert len(read_idx(files, DIGITS).train_labels) == 5
    assert len(server.requested) == 4


def test_files_in_the_cache_are_checked_against_the_official_sums_only(
    tmp_path: Path, tiny_files: DataSetFiles, server: Server
) -> None:
    files = with_downloads(tiny_files, server, sorted((tmp_path / "served/tiny").iterdir()))
    read_contents(files)
    path = tmp_path / "home" / "tiny" / "t10k-labels-idx1-ubyte.gz"
    other_content(path)
    sums = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in path.parent.iterdir()}
    lines = [f"{digest}  {name}\n" for name, digest in sums.items()]
    (path.parent / UNOFFICIAL).write_text("".join(lines))
    with pytest.raises(NetworkError, match="is not the official file"):
        read_contents(files)


def test_a_download_that_is_not_the_official_file_is_refused_and_not_kept(
    tmp_path: Path, tiny_files: DataSetFiles, server: Server
) -> None:
    files = with_downloads(tiny_files, server, sorted((tmp_path / "served/tiny").iterdir()))
    other_content(tmp_path / "served/tiny/t10k-images-idx3-ubyte.gz")
    with pytest.raises(NetworkError, match=r"images-idx3-ubyte\.gz is not the official"):
        read_contents(files)
    assert not list((tmp_path / "home").rglob("*.gz"))


def test_no_network_is_said_in_one_sentence(
    tmp_path: Path, tiny_files: DataSetFiles, server: Server
) -> None:
    files = DataSetFiles("tiny", tiny_files.contents, {"http://127.0.0.1:9/x.gz": "0" * 32})
    with pytest.raises(NetworkError, match=r"x\.gz could not be downloaded .* set DWMTJ_DATA"):
        read_contents(files)


def test_cifar_comes_out_of_its_archive_with_fine_labels(tmp_path: Path, server: Server) -> None:
    rng = np.random.default_rng(2)
    records = rng.integers(0, 100, (4, 3074), np.uint8)
    made = tmp_path / "served" / "cifar-100-binary"
    made.mkdir()
    contents = {
        "train.bin": records[:3].tobytes(),
        "test.bin": records[3:].tobytes(),
        "fine_label_names.txt": b"apple\nbear\n",
    }
    for name, content in contents.items():
        (made / name).write_bytes(content)
    archive = made / "all.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name in contents:
            packed.add(made / name, f"cifar-100-binary/{name}")
    sums = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    files = with_downloads(DataSetFiles("cifar-100-binary", sums, {}), server, [archive])
    images = read_cifar(files)
    assert np.array_equal(images.train_labels, records[:3, 1])
    assert np.array_equal(images.test_images[0, 1].ravel(), records[3, 2 + 1024 : 2 + 2048])
    assert images.classes == ("apple", "bear")
    read_cifar(files)
    assert len(server.requested) == 1


@pytest.mark.parametrize(
    ("name", "shape", "classes"),
    [
        ("mnist", (60_000, 28, 28), 10),
        ("fashion-mnist", (60_000, 28, 28), 10),
        ("cifar-100", (50_000, 3, 32, 32), 100),
    ],
)
def test_the_official_files_hold_equally_many_of_each_class_or_nearly(
    real_data: Path, name: DataSetName, shape: tuple[int, ...], classes: int
) -> None:
    images = load_images(name)
    assert images.train_images.shape == shape
    assert images.test_images.shape == (10_000, *shape[1:])
    assert len(images.classes) == classes
    counts = np.bincount(images.train_labels)
    assert len(counts) == classes
    assert counts.min() > 0.9 * len(images.train_labels) / classes
