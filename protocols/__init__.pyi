from .catalogue import PROTOCOLS, make_protocol
from .errors import ProtocolError
from .runner import RunOutcome, run

__all__ = ["PROTOCOLS", "ProtocolError", "RunOutcome", "make_protocol", "run"]
