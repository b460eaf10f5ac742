"""`dwmtj infer circuit`: the differential circuit of a pair, from two tracks to the readout."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...quantities import rounded
from ...simulators.networks import require_learning
from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, find_optional_model
from ..options import DatabaseOption

if TYPE_CHECKING:
    from ...simulators.networks.crossbar.periphery.differential_circuit import PairReadout

NEGLIGIBLE = 1e-8  # beyond which the law of the errors is not known
COLUMNS = ("weight", "G₊", "G₋", "current", "read as", "off by", "comparator wrong (%)")
SHOWN = 33  # weights in the table; all are in the CSV file


def infer_circuit(
    to: FolderOption,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model or preset:NAME of the devices.",
            show_default="--levels over 0.94 … 1.1 mS",
        ),
    ] = None,
    levels: Annotated[
        int, typer.Option(min=2, max=128, help="Levels of a device, without --model.")
    ] = 4,
    read_V: Annotated[
        float, typer.Option("--read-voltage", min=1e-3, max=10, help="Read voltage, in V.")
    ] = 0.1,
    series_ohm: Annotated[
        float,
        typer.Option(
            "--series-resistance", min=0, help="Resistance in series with a device, in Ω."
        ),
    ] = 0.0,
    readout_ohm: Annotated[
        float,
        typer.Option(
            "--readout-resistance",
            min=0,
            help="Input resistance of amplifier or comparator, in Ω; 0 is a virtual ground.",
        ),
    ] = 0.0,
    offset_A: Annotated[
        float,
        typer.Option("--comparator-offset", min=0, help="Standard deviation of its offset, in A."),
    ] = 0.0,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Read every weight of a pair of devices through the differential circuit; draw the circuit.

    The circuit of the synapse paper's Fig. 4a, by Kirchhoff's law, beside the mapping with which
    the networks compute; and the probability that a comparator reads the wrong sign.

    \b
    Examples:
      dwmtj infer circuit -o circuit
      dwmtj infer circuit -o circuit --model straight-B1 --series-resistance 1028
    """
    require_learning()
    from ...analysis.figures import save
    from ...simulators.networks.crossbar.devices import (
        ConductanceRange,
        all_levels,
        even_levels,
    )
    from ...simulators.networks.crossbar.periphery.circuit_figure import (
        circuit_panel,
        readout_panel,
    )
    from ...simulators.networks.crossbar.periphery.differential_circuit import (
        DifferentialCircuit,
        read_pair,
    )
    from ...storage import check_overwrite

    circuit = DifferentialCircuit(read_V, series_ohm, readout_ohm, offset_A)
    found = find_optional_model(model, database)
    devices = even_levels(ConductanceRange(), levels) if found is None else all_levels(found)
    readout = read_pair(devices, circuit)
    panels = (circuit_panel(readout), readout_panel(readout))
    for panel in panels:
        check_overwrite(to / f"{panel.name}.png", overwrite=overwrite)
    _print_readout(readout)
    for panel in panels:
        for path in save(panel, to, panel.name, source=panel.title):
            print_line(str(path))


def _print_readout(readout: "PairReadout") -> None:
    rows = [
        (
            f"{weight:.3f}",
            rounded(positive, "S", digits=4),
            rounded(negative, "S", digits=4),
            rounded(current, "A", digits=4),
            f"{read:.3f}",
            f"{read - weight:+.3f}",
            f"{100 * wrong:.3g}" if wrong > NEGLIGIBLE else "< 1e-6",
        )
        for weight, positive, negative, current, read, wrong in zip(
            readout.weight,
            readout.positive_S,
            readout.negative_S,
            readout.current_A,
            readout.read,
            readout.wrong_sign,
            strict=True,
        )
    ]
    print_table("A pair through the differential circuit", COLUMNS, rows[:: len(rows) // SHOWN + 1])
    slope = float((readout.read * readout.weight).sum() / (readout.weight**2).sum())
    off = float(abs(readout.read - slope * readout.weight).max())
    print_line(
        f"The circuit reads {slope:.4f} times the weight of the networks' mapping, and is at most "
        f"{off:.2g} of the range off that line."
    )
