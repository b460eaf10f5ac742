"""The report of an analogue network as text and as HTML, for consoles and notebooks."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import pandas as pd

from .analog_network import AnalogNetwork
from .devices import DeviceLevels

if TYPE_CHECKING:
    from .report import NetworkReport  # imports this module

SHOWN = 3  # names of layers with the same property
NUMBERS = ("weights", "devices", "multiply-adds")


def circuits_of(analog: AnalogNetwork) -> tuple[str, ...]:
    """Return a sentence on each kind of devices, one on converters, one on lines."""
    names: dict[DeviceLevels, list[str]] = {}
    for array in analog.arrays:
        names.setdefault(array.devices, []).append(array.layer.name)
    return (
        *(
            f"Devices{f' of {_shortened(own)}' if len(names) > 1 else ''}: {_levels(devices)}."
            for devices, own in names.items()
        ),
        *_on_arrays(analog),
    )


def describe(found: "NetworkReport") -> tuple[str, ...]:
    """Return a sentence on the network, those on its circuits, one on batch norms."""
    layers = sum(layer.devices > 0 for layer in found.layers)
    digital = (
        f"{100 * found.digital_weights:.3g} % of the weights",
        f"{100 * found.digital_multiply_adds:.3g} % of the multiply-adds",
        f"all {found.vectors:,} biases and other vectors",
    )
    return (
        f"AnalogNetwork: {layers} of {len(found.layers)} layers on {found.devices:,} devices; "
        f"digital: {', '.join(digital)}.",
        *found.circuits,
        *_on_norms(found),
    )


def _levels(devices: DeviceLevels) -> str:
    levels = devices.conductance_S
    text = (
        f"{len(levels)} levels from {1e3 * levels[0]:.4g} to {1e3 * levels[-1]:.4g} mS, "
        f"programming error σ ≤ {1e6 * max(devices.std_S):.3g} µS"
    )
    if any(devices.read_std_S):
        text += f", read noise σ ≤ {1e6 * max(devices.read_std_S):.3g} µS"
    return text if devices.aged is None else f"{text}, with retention"


def _on_arrays(analog: AnalogNetwork) -> tuple[str, ...]:
    found = []
    if analog.reaches:
        some = len(analog.reaches) < len(analog.arrays)
        found.append(f"Converters{f' of {_shortened(list(analog.reaches))}' if some else ''}.")
    if analog.lines is not None:
        lines = analog.lines
        found.append(
            f"Arrays of {lines.rows} × {lines.columns} with {lines.resistance_ohm:g} Ω of line "
            "resistance."
        )
    return tuple(found)


def _on_norms(found: "NetworkReport") -> tuple[str, ...]:
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


def as_text(found: "NetworkReport") -> str:
    """Return the report in lines of text, a row for each layer."""
    return "\n".join((*describe(found), formatted_table(found).to_string(index=False)))


def as_html(found: "NetworkReport") -> str:
    """Return the report as an HTML fragment, a row for each layer."""
    first, *more = (escape(sentence) for sentence in describe(found))
    table = formatted_table(found)
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


def formatted_table(found: "NetworkReport") -> pd.DataFrame:
    """Return a row of texts for each layer, without the column of notes where there are none."""
    table = found.table().rename(columns={"multiply_adds": "multiply-adds"})
    if not any(table["note"]):
        table = table.drop(columns="note")
    for name in NUMBERS:
        table[name] = [f"{count:,}" for count in table[name]]
    return table
