"""Calibrations are kept by name and version, and found again."""

from collections.abc import Callable

import pytest

from dwmtj.storage import RunWriter, Status, Store, StoreError
from dwmtj.tests.storage.engines import on_both


@pytest.fixture
def measured(store: Store, begin: Callable[[], RunWriter]) -> Store:
    begin().finish(Status.FINISHED)
    return store


@on_both
def test_the_same_name_again_is_the_next_version_and_the_latest_is_found(measured: Store) -> None:
    for level_ohm in (93.3, 76.1):
        measured.add_calibration("A3", "trapezoid-1", [1], {"level_ohm": level_ohm})
    other = measured.add_calibration("B1", "trapezoid-1", [1], {})
    assert other.version == 1
    latest = measured.calibration("A3")
    assert (latest.version, latest.data["level_ohm"], latest.data["version"]) == (2, 76.1, 2)
    assert measured.calibration("A3", 1).data["level_ohm"] == 93.3
    listed = [(entry.name, entry.version, entry.device) for entry in measured.calibrations()]
    assert listed == [(*key, "trapezoid-1") for key in (("A3", 1), ("A3", 2), ("B1", 1))]


@on_both
def test_a_missing_model_or_device_is_named(measured: Store) -> None:
    measured.add_calibration("A3", "trapezoid-1", [1], {})
    with pytest.raises(StoreError, match="no model A4"):
        measured.calibration("A4")
    with pytest.raises(StoreError, match="no model A3 of version 2"):
        measured.calibration("A3", 2)
    with pytest.raises(StoreError, match="no device 'nobody'"):
        measured.add_calibration("A3", "nobody", [1], {})
    with pytest.raises(StoreError, match="needs a name"):
        measured.add_calibration(" ", "trapezoid-1", [1], {})


@on_both
def test_a_model_that_is_not_json_data_is_refused_and_nothing_stored(measured: Store) -> None:
    with pytest.raises(StoreError, match="cannot be stored"):
        measured.add_calibration("A3", "trapezoid-1", [1], {"model": object()})
    assert measured.calibrations() == []
