from .checkpoint import Checkpoint
from .errors import SweepError
from .sweep import Sweep, open_executor
from .task import Task, grid

__all__ = ["Checkpoint", "Sweep", "SweepError", "Task", "grid", "open_executor"]
