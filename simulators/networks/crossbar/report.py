"""Report of an analogue network: layers on devices, and weights that stay digital.

Weights are parameters of two or more axes; biases and other vectors always stay digital.
Multiply-adds are those of one image, as torch.utils.flop_counter counts matrix products and
convolutions; they are known where `to_analog` was given calibration images. A layer of which a
model uses the weight alone, without calling it, has none.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import pandas as pd
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from .network import AnalogNetwork

NUMBERS = ("weights", "devices", "multiply-adds")


@dataclass(frozen=True, slots=True)
class LayerReport:
    """A layer with weights: their number and shapes, its devices (0: digital), multiply-adds."""

    name: str
    kind: str
    shapes: tuple[tuple[int, ...], ...]
    weights: int
    devices: int
    multiply_adds: int | None

    @property
    def place(self) -> str:
        return "devices" if self.devices else "digital"


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """All layers with weights, and the multiply-adds of the whole network (None: unknown)."""

    layers: tuple[LayerReport, ...]
    vectors: int
    multiply_adds: int | None

    @property
    def devices(self) -> int:
        return sum(layer.devices for layer in self.layers)

    @property
    def digital_weights(self) -> float:
        """The share of the weights that stay digital, 0 … 1."""
        digital = sum(layer.weights for layer in self.layers if not layer.devices)
        return digital / sum(layer.weights for layer in self.layers)

    @property
    def digital_multiply_adds(self) -> float | None:
        """The share of the multiply-adds that stay digital, 0 … 1; None where unknown."""
        if not self.multiply_adds:
            return None
        analogue = sum(layer.multiply_adds or 0 for layer in self.layers if layer.devices)
        return (self.multiply_adds - analogue) / self.multiply_adds

    def table(self) -> pd.DataFrame:
        """Return a row for each layer; `multiply_adds` is missing where unknown."""
        return pd.DataFrame(
            {
                "layer": [layer.name for layer in self.layers],
                "kind": [layer.kind for layer in self.layers],
                "shape": [
                    ", ".join(" × ".join(map(str, shape)) for shape in layer.shapes)
                    for layer in self.layers
                ],
                "on": [layer.place for layer in self.layers],
                "weights": [layer.weights for layer in self.layers],
                "devices": [layer.devices for layer in self.layers],
                "multiply_adds": pd.array(
                    [layer.multiply_adds for layer in self.layers], dtype="Int64"
                ),
            }
        )


def report(analog: AnalogNetwork) -> NetworkReport:
    """Count weights, devices and multiply-adds of every layer with weights."""
    on_devices = {layer.name for layer in analog.layers}
    by_layer, total = _multiply_adds(analog.folded, analog.example)
    layers, vectors = [], 0
    for name, module in analog.folded.named_modules():
        own = [parameter for _, parameter in module.named_parameters(recurse=False)]
        matrices = [parameter for parameter in own if parameter.dim() > 1]
        vectors += sum(parameter.numel() for parameter in own if parameter.dim() < 2)
        if matrices:
            weights = sum(matrix.numel() for matrix in matrices)
            layers.append(
                LayerReport(
                    name or "(network)",
                    type(module).__name__,
                    tuple(tuple(matrix.shape) for matrix in matrices),
                    weights,
                    2 * weights if name in on_devices else 0,
                    None if by_layer is None else by_layer.get(name, 0),
                )
            )
    return NetworkReport(tuple(layers), vectors, total)


def describe(analog: AnalogNetwork, found: NetworkReport) -> tuple[str, str]:
    """Return a sentence on the network and one on its devices."""
    layers = sum(layer.devices > 0 for layer in found.layers)
    digital = [f"{100 * found.digital_weights:.3g} % of the weights"]
    if found.digital_multiply_adds is not None:
        digital.append(f"{100 * found.digital_multiply_adds:.3g} % of the multiply-adds")
    digital.append(f"all {found.vectors:,} biases and other vectors")
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
    )


def as_text(analog: AnalogNetwork) -> str:
    """Return the network in lines of text, a row for each layer."""
    found = report(analog)
    return "\n".join((*describe(analog, found), _formatted(found).to_string(index=False)))


def as_html(analog: AnalogNetwork) -> str:
    """Return the network as an HTML fragment, a row for each layer."""
    found = report(analog)
    first, second = (escape(sentence) for sentence in describe(analog, found))
    table = _formatted(found)
    aligned = ["right" if name in NUMBERS else "left" for name in table.columns]
    rows = [_row("th", table.columns, aligned)]
    rows += [_row("td", cells, aligned) for cells in table.itertuples(index=False)]
    return f"<p><b>{first}</b><br>{second}</p><table>{''.join(rows)}</table>"


def _row(tag: str, cells: Iterable[str], aligned: Iterable[str]) -> str:
    columns = (
        f'<{tag} style="text-align: {side}; padding: 0.15em 0.8em">{escape(cell)}</{tag}>'
        for cell, side in zip(cells, aligned, strict=True)
    )
    return f"<tr>{''.join(columns)}</tr>"


def _formatted(found: NetworkReport) -> pd.DataFrame:
    """Return the table as texts, without the columns that are unknown."""
    table = found.table()
    if found.multiply_adds is None:
        table = table.drop(columns="multiply_adds")
    table = table.rename(columns={"multiply_adds": "multiply-adds"})
    for name in NUMBERS:
        if name in table:
            table[name] = [f"{count:,}" for count in table[name]]
    return table


def _multiply_adds(
    network: nn.Module, example: Tensor | None
) -> tuple[Mapping[str, int] | None, int | None]:
    """Return the multiply-adds of one image by module, and of the whole network.

    On torch's meta device only shapes are computed, and an LSTM is not one uncounted operation.
    """
    if example is None:
        return None, None
    counter = FlopCounterMode(display=False)
    try:
        with torch.no_grad(), counter:
            copy.deepcopy(network).to("meta")(example.to("meta"))
    except Exception:  # the model's own code may need values; a report must not fail for that
        return None, None
    by_module = {  # keys are "Network.layer"
        str(key).partition(".")[2]: sum(operations.values()) // 2
        for key, operations in counter.get_flop_counts().items()
    }
    return by_module, counter.get_total_flops() // 2
