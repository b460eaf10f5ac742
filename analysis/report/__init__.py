"""A self-contained report of runs: numbers, figures and conditions on one page to mail."""
