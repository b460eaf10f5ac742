"""The virtual lab behind a bench file, to look at what its instruments really do."""

from dwmtj.instruments import BenchFile
from dwmtj.simulators.bench import Lab, open_lab


def lab_of(bench_file: BenchFile) -> Lab:
    """Return the lab that the bench file's VISA library opens, in the state that it is in."""
    return open_lab(bench_file.visa_library.removesuffix("@dwmtj"))
