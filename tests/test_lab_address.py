"""The address of a virtual lab survives being parsed and written."""

import pytest

from dwmtj.lab_address import LabAddress


@pytest.mark.parametrize(
    "library",
    [
        "@dwmtj",
        "trapezoid@dwmtj",
        "trapezoid?seed=7&attempt=2@dwmtj",
        "/home/a@lab/my lab.toml?name=second@dwmtj",
        "model:A3:2?database=/data/lab.sqlite@dwmtj",
    ],
)
def test_a_library_string_is_read_and_written_alike(library: str) -> None:
    address = LabAddress.of_library(library)
    assert address is not None
    assert address.library == library


@pytest.mark.parametrize("library", ["", "@py", "lab.yaml@sim", "/usr/lib/libvisa.so", "dwmtj"])
def test_the_library_of_real_instruments_is_no_virtual_lab(library: str) -> None:
    assert LabAddress.of_library(library) is None


def test_options_are_replaced_added_and_removed() -> None:
    address = LabAddress.parse("trapezoid?seed=1&name=a")
    changed = address.with_options(seed=2, state="/tmp/a&b @?.state")
    assert changed.option("seed") == "2"
    assert str(changed) == "trapezoid?seed=2&name=a&state=/tmp/a%26b%20%40%3F.state"
    assert LabAddress.of_library(changed.library) == changed
    assert changed.without("state", "name") == LabAddress("trapezoid", (("seed", "2"),))
    assert address.option("state") is None


@pytest.mark.parametrize(("lab", "may"), [("straight", 0), ("model:A3", 1), ("my/lab.toml", 1)])
def test_only_a_model_or_a_file_may_hold_a_twin(lab: str, may: int) -> None:
    assert LabAddress(lab).may_hold_twin == bool(may)
