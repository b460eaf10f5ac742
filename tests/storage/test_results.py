"""Results are kept with what repeats them, and found again by number and kind."""

import pytest

from dwmtj.storage import Store, StoreError
from dwmtj.tests.storage.engines import on_both


@on_both
def test_results_come_back_by_kind_in_order_with_all_that_was_given(store: Store) -> None:
    first = store.add_result("ann", "mnist", configuration={"epochs": 3}, data={"x": [1]}, seed=4)
    store.add_result("stream", "trapezoid", configuration={}, data={})
    last = store.add_result("ann", "fashion-mnist", configuration={}, data={"accuracy": 0.86})
    assert [result.id for result in store.results("ann")] == [first.id, last.id]
    assert [result.kind for result in store.results()] == ["ann", "stream", "ann"]
    found = store.result(first.id)
    assert (found.configuration, found.data, found.seed) == ({"epochs": 3}, {"x": [1]}, 4)
    assert found.code_version
    assert found.created.tzinfo is not None
    assert found == first


@on_both
def test_a_missing_result_and_data_that_is_not_json_are_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="no result 7"):
        store.result(7)
    with pytest.raises(StoreError, match="a kind and a name"):
        store.add_result("ann", " ", configuration={}, data={})
    with pytest.raises(StoreError, match="cannot be stored"):
        store.add_result("ann", "mnist", configuration={}, data={"model": object()})
    assert store.results() == []


@on_both
def test_a_kind_keeps_one_result_with_the_same_key(store: Store) -> None:
    first = store.add_result("a", "x", configuration={"seed": 1}, data={"y": 1}, key="k1")
    again = store.add_result("a", "x", configuration={"seed": 1}, data={"y": 2}, key="k1")
    assert again == first
    assert first.key == "k1"
    store.add_result("a", "x", configuration={}, data={}, key="k2")
    store.add_result("b", "x", configuration={}, data={}, key="k1")
    unkeyed = [store.add_result("a", "x", configuration={}, data={}) for _ in range(2)]
    assert [entry.key for entry in store.results("a")] == ["k1", "k2", None, None]
    assert unkeyed[0].id != unkeyed[1].id
