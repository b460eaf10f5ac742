"""Running a protocol: every point judged, committed and published, the bench safe on every way out.

`runner.run` begins or resumes a run, `measuring` goes through its points, which `stopping` judges,
`run_control` pauses and stops it from any thread, and `run_events` tells listeners of it.
"""
