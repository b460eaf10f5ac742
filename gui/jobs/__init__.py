"""The queue of runs: their order, and when each will be done."""
