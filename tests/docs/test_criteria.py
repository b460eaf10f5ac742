"""The reference of criteria files lists what they take."""

import re

from dwmtj.analysis.criteria.catalogue import QUANTITIES
from dwmtj.analysis.criteria.file import CriteriaFile, CriterionSection
from dwmtj.tests.docs.pages import DOCS


def test_every_quantity_and_every_key_is_in_the_reference_and_no_other() -> None:
    text = (DOCS / "reference" / "criteria.md").read_text(encoding="utf-8")
    keys, quantities = text.split("## Quantities")
    first_cells = re.findall(r"^\| (`.*?) \|", quantities, re.MULTILINE)
    assert re.findall("`([^`]+)`", " ".join(first_cells)) == list(QUANTITIES)
    named = re.findall(r"`\[*(\w+)\]*`", " ".join(re.findall(r"^\| (`.*?) \|", keys, re.M)))
    assert set(named) == {*CriteriaFile.model_fields, *CriterionSection.model_fields}
