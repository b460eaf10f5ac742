from .page import page_of
from .server import WatchServer

__all__ = ["WatchServer", "page_of"]
