"""Files of a model lie where they belong, whatever the model is called."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from dwmtj.gui.models.places import file_stem
from dwmtj.storage import CalibrationRecord


def named(name: str) -> CalibrationRecord:
    return CalibrationRecord(
        name=name,
        version=2,
        device="W7",
        source_runs=(1,),
        data={},
        created=datetime.now(UTC),
    )


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/tmp/x", "W7/B4", "..", "a\\b", "a b", "μ", "-o", ".x", "con:1"]
)
def test_no_name_leads_to_another_folder(name: str) -> None:
    stem = file_stem(named(name))
    assert Path(stem).name == stem
    assert not stem.startswith((".", "-"))


def test_a_plain_name_stays_and_names_that_differ_give_files_that_differ() -> None:
    assert file_stem(named("trapezoid-A3")) == "trapezoid-A3-2"
    assert len({file_stem(named(name)) for name in ("a/b", "a_b", "a:b", "a b")}) == 4
