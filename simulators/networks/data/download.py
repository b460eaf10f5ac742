"""One file from the web, checked, with progress on stderr."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from ..errors import NetworkError


def retrieve(url: str, md5: str, folder: Path) -> Path:
    """Download `url` into the folder unless it is there with this MD5 sum; raises NetworkError."""
    import pooch

    pooch.get_logger().setLevel("WARNING")
    name = url.rpartition("/")[2]
    try:
        with _bar(name) as bar:
            got = pooch.retrieve(
                url, f"md5:{md5}", name, folder, downloader=pooch.HTTPDownloader(progressbar=bar)
            )
    except ValueError as error:
        raise NetworkError(
            f"{url} is not the official file (its checksum differs): try again later, "
            "or get the file elsewhere and set DWMTJ_DATA to its folder."
        ) from error
    except OSError as error:
        raise NetworkError(
            f"{url} could not be downloaded into {folder} ({_short(error)}): check the network "
            "and the disk, or set DWMTJ_DATA to a folder that holds the files."
        ) from error
    return Path(got)


def _short(error: OSError) -> str:
    return error.strerror or type(error).__name__


@contextmanager
def _bar(name: str) -> Iterator["_Bar"]:
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=Console(stderr=True),
    ) as progress:
        yield _Bar(progress, name)


class _Bar:
    """A rich progress bar with the four members that pooch asks of one."""

    def __init__(self, progress: Progress, name: str) -> None:
        self._progress = progress
        self._task = progress.add_task(name, total=None, visible=False)
        self._total = 0

    @property
    def total(self) -> int:
        return self._total

    @total.setter
    def total(self, byte_count: int) -> None:
        self._total = byte_count
        self._progress.update(self._task, total=byte_count, visible=True)

    def update(self, byte_count: int) -> None:
        self._progress.update(self._task, advance=byte_count)

    def reset(self) -> None:
        self._progress.reset(self._task)

    def close(self) -> None:
        self._progress.refresh()
