"""Report of an analogue network: layers on devices, and weights that stay digital.

Weights are parameters of two or more axes; biases and other vectors always stay digital.
Multiply-adds are those of one image of the example (of one element of its first axis), as
torch.utils.flop_counter counts matrix products and convolutions, and those of recurrent layers.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

import pandas as pd

from .analog_network import AnalogNetwork
from .arrays import Array
from .multiply_adds import MultiplyAdds

SHOWN = 3  # names of batch norms with the same reason
NUMBERS = ("weights", "devices", "multiply-adds")


@dataclass(frozen=True, slots=True)
class LayerReport:
    """A weight: its shape, its devices (0: digital), multiply-adds, and why it is where it is."""

    name: str
    kind: str
    shape: tuple[int, ...]
    weights: int
    devices: int
    multiply_adds: int
    note: str = ""

    @property
    def place(self) -> str:
        return "devices" if self.devices else "digital"


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """All weights, the number of biases and other vectors, the multiply-adds of the whole network.

    `digital_norms` has by batch norm why it is not folded.
    """

    layers: tuple[LayerReport, ...]
    vectors: int
    multiply_adds: int
    digital_norms: Mapping[str, str]

    @property
    def devices(self) -> int:
        return sum(layer.devices for layer in self.layers)

    @property
    def digital_weights(self) -> float:
        """The share of the weights that stay digital, 0 … 1."""
        digital = sum(layer.weights for layer in self.layers if not layer.devices)
        return digital / sum(layer.weights for layer in self.layers)

    @property
    def digital_multiply_adds(self) -> float:
        """The share of the multiply-adds that stay digital, 0 … 1."""
        if not self.multiply_adds:
            return 0.0
        analogue = sum(layer.multiply_adds for layer in self.layers if layer.devices)
        return (self.multiply_adds - analogue) / self.multiply_adds

    def table(self) -> pd.DataFrame:
        """Return a row for each weight."""
        return pd.DataFrame(
            {
                "layer": [layer.name for layer in self.layers],
                "kind": [layer.kind for layer in self.layers],
                "shape": [" × ".join(map(str, layer.shape)) for layer in self.layers],
                "on": [layer.place for layer in self.layers],
                "weights": [layer.weights for layer in self.layers],
                "devices": [layer.devices for layer in self.layers],
                "multiply_adds": [layer.multiply_adds for layer in self.layers],
                "note": [layer.note for layer in self.layers],
            }
        )


def report(analog: AnalogNetwork) -> NetworkReport:
    """Count weights, devices and multiply-adds of every layer with weights."""
    by_parameter: dict[str, list[Array]] = {}
    for array in analog.arrays:
        by_parameter.setdefault(array.place.parameter, []).append(array)
    adds = analog.multiply_adds
    layers: list[LayerReport] = []
    vectors = 0
    for name, parameter in analog.folded.named_parameters():
        if parameter.dim() < 2:
            vectors += parameter.numel()
        elif name in by_parameter:
            layers += [_on_devices(array, adds) for array in by_parameter[name]]
        else:
            layers.append(_digital(analog, name, tuple(parameter.shape), adds))
    return NetworkReport(tuple(layers), vectors, adds.total, dict(analog.converted.staying))


def _on_devices(array: Array, multiply_adds: MultiplyAdds) -> LayerReport:
    place, steps = array.place, array.layer.steps
    first = 0 if place.rows is None else place.rows[0]
    adds = multiply_adds.by_row.get((place.parameter, first), 0)
    return LayerReport(
        place.name or "(network)",
        place.kind,
        tuple(steps.shape),
        steps.numel(),
        2 * steps.numel(),
        adds,
        "" if adds else "not used by the example",
    )


def _digital(
    analog: AnalogNetwork, name: str, shape: tuple[int, ...], adds: MultiplyAdds
) -> LayerReport:
    owner, _, own = name.rpartition(".")
    return LayerReport(
        (owner if own == "weight" else name) or "(network)",
        type(analog.folded.get_submodule(owner)).__name__,
        shape,
        math.prod(shape),
        0,
        sum(count for (parameter, _), count in adds.by_row.items() if parameter == name),
        analog.converted.digital.get(name, "set digital"),
    )


def describe(analog: AnalogNetwork, found: NetworkReport) -> tuple[str, ...]:
    """Return a sentence on the network, one on its devices, and one on batch norms not folded."""
    layers = sum(layer.devices > 0 for layer in found.layers)
    digital = (
        f"{100 * found.digital_weights:.3g} % of the weights",
        f"{100 * found.digital_multiply_adds:.3g} % of the multiply-adds",
        f"all {found.vectors:,} biases and other vectors",
    )
    levels = analog.devices.conductance_S
    noise = max(analog.devices.std_S)
    devices = (
        f"Devices: {len(levels)} levels from {1e3 * levels[0]:.4g} to {1e3 * levels[-1]:.4g} mS, "
        f"programming error σ ≤ {1e6 * noise:.3g} µS"
    )
    if any(analog.devices.read_std_S):
        devices += f", read noise σ ≤ {1e6 * max(analog.devices.read_std_S):.3g} µS"
    if analog.devices.aged is not None:
        devices += ", with retention"
    if analog.reaches:
        devices += ", behind converters"
    if analog.lines is not None:
        lines = analog.lines
        devices += f", on arrays of {lines.rows} × {lines.columns} with {lines.resistance_ohm:g} Ω"
        devices += " of line resistance"
    return (
        f"AnalogNetwork: {layers} of {len(found.layers)} layers on {found.devices:,} devices; "
        f"digital: {', '.join(digital)}.",
        f"{devices}.",
        *_on_norms(found),
    )


def _on_norms(found: NetworkReport) -> tuple[str, ...]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in found.digital_norms.items():
        by_reason.setdefault(reason, []).append(name)
    if not by_reason:
        return ()
    reasons = [f"{_shortened(names)} ({reason})" for reason, names in by_reason.items()]
    return (f"Batch norm stays digital: {'; '.join(reasons)}.",)


def _shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more


def as_text(analog: AnalogNetwork) -> str:
    """Return the network in lines of text, a row for each layer."""
    found = report(analog)
    return "\n".join((*describe(analog, found), _formatted(found).to_string(index=False)))


def as_html(analog: AnalogNetwork) -> str:
    """Return the network as an HTML fragment, a row for each layer."""
    found = report(analog)
    first, *more = (escape(sentence) for sentence in describe(analog, found))
    table = _formatted(found)
    aligned = ["right" if name in NUMBERS else "left" for name in table.columns]
    rows = [_row("th", table.columns, aligned)]
    rows += [_row("td", cells, aligned) for cells in table.itertuples(index=False)]
    return f"<p><b>{first}</b><br>{'<br>'.join(more)}</p><table>{''.join(rows)}</table>"


def _row(tag: str, cells: Iterable[str], aligned: Iterable[str]) -> str:
    columns = (
        f'<{tag} style="text-align: {side}; padding: 0.15em 0.8em">{escape(cell)}</{tag}>'
        for cell, side in zip(cells, aligned, strict=True)
    )
    return f"<tr>{''.join(columns)}</tr>"


def _formatted(found: NetworkReport) -> pd.DataFrame:
    """Return the table as texts, without notes where there are none."""
    table = found.table().rename(columns={"multiply_adds": "multiply-adds"})
    if not any(table["note"]):
        table = table.drop(columns="note")
    for name in NUMBERS:
        table[name] = [f"{count:,}" for count in table[name]]
    return table
