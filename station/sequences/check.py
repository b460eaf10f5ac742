"""A sequence as it comes over the wire or out of the store, parsed and checked against a bench."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from ...instruments import BenchFile
from ...storage import Store
from ...validation import explain
from .errors import SequenceError
from .file import RunSequence
from .plan import Plan, plan_of


def checked_sequence(document: Mapping[str, Any], bench_file: BenchFile, store: Store) -> Plan:
    """Return the plan of a sequence's document; raises SequenceError."""
    try:
        sequence = RunSequence.model_validate(document)
    except ValidationError as error:
        raise SequenceError(explain(error, "", "The sequence", "sequence")) from error
    return plan_of(sequence, bench_file, store)
