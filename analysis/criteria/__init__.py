"""Published or required values in a TOML file, and what runs have measured of them."""

from .check import Comparison, Finding, check_runs, compare
from .criterion import Criterion
from .file import CriteriaFile, CriteriaFileError, load_criteria, published
from .run_results import RunResults
from .verdict import Answer

__all__ = [
    "Answer",
    "Comparison",
    "CriteriaFile",
    "CriteriaFileError",
    "Criterion",
    "Finding",
    "RunResults",
    "check_runs",
    "compare",
    "load_criteria",
    "published",
]
