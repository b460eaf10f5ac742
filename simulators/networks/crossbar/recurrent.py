"""Recurrent layers step by step, as products of their weights: what torch computes in one call.

PyTorch's equations of LSTM, GRU and RNN (torch.nn documentation); the classes replace those of
torch by `opened`, and have their parameters.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear
from torch.nn.utils.rnn import PackedSequence

from ..errors import NetworkError

State = tuple[Tensor, ...]


class OpenRecurrent(nn.RNNBase):
    """LSTM, GRU or RNN whose steps are products that can be read one by one."""

    def forward(self, inputs: Any, hx: Any = None) -> Any:
        """Return outputs and last states, as the layer of torch does; raises NetworkError."""
        if isinstance(inputs, PackedSequence):
            raise NetworkError(
                f"A packed sequence in a layer {self.mode} is not simulated with read noise or "
                "converters: give padded sequences, or set the layer digital."
            )
        is_single = inputs.dim() == 2
        x = inputs[None] if is_single else inputs if self.batch_first else inputs.transpose(0, 1)
        given = None if hx is None else (hx if isinstance(hx, tuple) else (hx,))
        if given is not None and is_single:
            given = tuple(one[:, None] for one in given)
        ends: list[State] = []
        for layer in range(self.num_layers):
            both = []
            for backward in range(1 + self.bidirectional):
                place = len(ends)
                start = None if given is None else tuple(one[place] for one in given)
                outputs, end = self._direction(x, f"l{layer}{'_reverse' * backward}", start)
                both.append(outputs)
                ends.append(end)
            x = torch.cat(both, dim=-1)
            if self.dropout and self.training and layer < self.num_layers - 1:
                x = nn.functional.dropout(x, self.dropout)
        last = tuple(torch.stack(states) for states in zip(*ends, strict=True))
        if is_single:
            x, last = x[0], tuple(one[:, 0] for one in last)
        elif not self.batch_first:
            x = x.transpose(0, 1)
        return x, (last if self.mode == "LSTM" else last[0])

    def _direction(self, x: Tensor, suffix: str, start: State | None) -> tuple[Tensor, State]:
        """Return the outputs, (batch, steps, …), and the last state of one layer and direction."""
        w_ih, w_hh = getattr(self, f"weight_ih_{suffix}"), getattr(self, f"weight_hh_{suffix}")
        b_ih = getattr(self, f"bias_ih_{suffix}", None)
        b_hh = getattr(self, f"bias_hh_{suffix}", None)
        w_hr = getattr(self, f"weight_hr_{suffix}", None)
        if start is None:
            outputs = self.proj_size or self.hidden_size
            sizes = (outputs, self.hidden_size) if self.mode == "LSTM" else (outputs,)
            start = tuple(x.new_zeros(len(x), size) for size in sizes)
        from_inputs = linear(x, w_ih, b_ih)
        order = range(x.shape[1])
        outputs_at: dict[int, Tensor] = {}
        state = start
        for step in reversed(order) if suffix.endswith("reverse") else order:
            state = step_of(self.mode, from_inputs[:, step], linear(state[0], w_hh, b_hh), state)
            if w_hr is not None:
                state = (linear(state[0], w_hr), *state[1:])
            outputs_at[step] = state[0]
        return torch.stack([outputs_at[step] for step in order], dim=1), state


class OpenCell(nn.RNNCellBase):
    """LSTMCell, GRUCell or RNNCell whose products can be read one by one."""

    def forward(self, inputs: Tensor, hx: Any = None) -> Any:
        mode = {"LSTMCell": "LSTM", "GRUCell": "GRU"}.get(str(self.kind), "")
        mode = mode or ("RNN_TANH" if self.nonlinearity == "tanh" else "RNN_RELU")
        is_single = inputs.dim() == 1
        x = inputs[None] if is_single else inputs
        if hx is None:
            zero = x.new_zeros(len(x), self.hidden_size)
            state: State = (zero, zero) if mode == "LSTM" else (zero,)
        else:
            given = hx if isinstance(hx, tuple) else (hx,)
            state = tuple(one[None] if is_single else one for one in given)
        from_inputs = linear(x, self.weight_ih, self.bias_ih)
        state = step_of(mode, from_inputs, linear(state[0], self.weight_hh, self.bias_hh), state)
        if is_single:
            state = tuple(one[0] for one in state)
        return state if mode == "LSTM" else state[0]


def step_of(mode: str, from_inputs: Tensor, from_state: Tensor, state: State) -> State:
    """Return the next state, (h,) or (h, c), of what inputs and the last state contribute."""
    if mode == "LSTM":
        i, f, g, o = (from_inputs + from_state).chunk(4, dim=-1)
        cell = f.sigmoid() * state[1] + i.sigmoid() * g.tanh()
        return o.sigmoid() * cell.tanh(), cell
    if mode == "GRU":
        (r, z, n), (r_h, z_h, n_h) = (one.chunk(3, dim=-1) for one in (from_inputs, from_state))
        update = (z + z_h).sigmoid()
        new = (n + (r + r_h).sigmoid() * n_h).tanh()
        return ((1 - update) * new + update * state[0],)
    both = from_inputs + from_state
    return (both.relu() if mode == "RNN_RELU" else both.tanh(),)
