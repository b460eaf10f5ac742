"""Layers that torch computes in one call, opened so that each product of theirs can be read."""

from torch import nn

from ..errors import NetworkError
from .attention import OpenAttention
from .recurrent import OpenCell, OpenRecurrent

RECURRENT = (nn.LSTM, nn.GRU, nn.RNN)
CELLS = (nn.LSTMCell, nn.GRUCell, nn.RNNCell)


def open_layers(network: nn.Module, names: set[str]) -> None:
    """Open, in place, the layers of these names; raises NetworkError for kinds of their own."""
    for name in names:
        layer = network.get_submodule(name)
        kind = type(layer)
        if kind is nn.MultiheadAttention:
            layer.__class__ = OpenAttention
        elif kind in RECURRENT:
            layer.__class__ = OpenRecurrent
        elif kind in CELLS:
            layer.kind = kind.__name__  # type: ignore[assignment]
            layer.__class__ = OpenCell
        elif isinstance(layer, nn.MultiheadAttention | nn.RNNBase | nn.RNNCellBase):
            raise NetworkError(
                f"Layer {name}, {kind.__name__}, computes in a way of its own, in which read noise "
                "and converters are not simulated: set it digital."
            )
