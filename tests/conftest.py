"""What tests of several rooms need, and what no test may leave behind."""

import gc
import os
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dwmtj.instruments import BenchFile, load_bench_file
from dwmtj.tests.official_images import write_official_images
from dwmtj.tests.surroundings import unchanged_surroundings

if TYPE_CHECKING:
    from dwmtj.analysis.state_model.model import StateModel
    from dwmtj.tests.postgresql.cluster import Cluster

# Idle OpenMP threads spin: on a busy machine PyTorch's take seventy times the work they share.
# Numba sets their number for both.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")

_numbers = count()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep what the modules make out of every collection of garbage, which takes half a second."""
    gc.disable()
    yield
    gc.enable()
    gc.freeze()


@pytest.fixture(autouse=True)
def no_test_changes_its_surroundings() -> Iterator[None]:
    with unchanged_surroundings():
        yield


@pytest.fixture(scope="session")
def official_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for DWMTJ_DATA: a few synthetic images in the files of the official data sets."""
    return write_official_images(tmp_path_factory.mktemp("official-images"))


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> "Cluster":
    """A PostgreSQL server, one for all processes of this session, started when first needed."""
    from dwmtj.tests.postgresql.cluster import shared_cluster, why_not

    if reason := why_not():
        pytest.skip(reason)
    folder, is_worker = tmp_path_factory.getbasetemp(), "PYTEST_XDIST_WORKER" in os.environ
    return shared_cluster(
        folder.parent if is_worker else folder, os.getppid() if is_worker else os.getpid()
    )


@pytest.fixture
def virtual() -> Callable[..., BenchFile]:
    """Return the bench file of a virtual bench of its own, in the state of a cold start."""

    def make(lab: str = "trapezoid", seed: int = 1) -> BenchFile:
        library = f"{lab}?seed={seed}&name=test-{next(_numbers)}@dwmtj"
        return load_bench_file(f"virtual-{lab}").model_copy(update={"visa_library": library})

    return make


@pytest.fixture(scope="session")
def straight_model() -> "StateModel":
    """The model of a straight synapse, to write with; see `tests.straight_model`."""
    from dwmtj.tests.straight_model import calibrate_straight

    return calibrate_straight()
