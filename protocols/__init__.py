"""Write, reset, cycling and field protocols, and the runner that takes them to the bench.

A protocol declares its parameters and yields points (`steps`); the runner opens a run, commits
every point, publishes it, and reaches the safe state on every way out.
"""

from protocols.errors import ProtocolError

__all__ = ["ProtocolError"]
