"""Virtual benches that no other test shares."""

from collections.abc import Callable
from itertools import count

import pytest

from instruments import BenchFile, load_bench_file

_numbers = count()


@pytest.fixture
def virtual() -> Callable[..., BenchFile]:
    """Return the bench file of a virtual bench of its own, in the state of a cold start."""

    def make(lab: str = "trapezoid", seed: int = 1) -> BenchFile:
        library = f"{lab}?seed={seed}&name=test-{next(_numbers)}@dwmtj"
        return load_bench_file(f"virtual-{lab}").model_copy(update={"visa_library": library})

    return make
