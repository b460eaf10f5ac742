"""The work of a station: its main thread has the bench, other threads answer its clients.

`station_work` does one thing after another: a run of the queue, something by hand, a stop.
`commands` is what clients ask; the other modules are the parts of which the two are made.
"""
