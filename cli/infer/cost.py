"""`dwmtj infer cost`: energy, time and area of a network on devices, from stated assumptions."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...quantities import rounded
from ...simulators.networks import require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ..console import print_line, print_table
from ..learn.cost_tables import print_areas, print_assumptions
from ..learn.options import FolderOption, OverwriteOption, WeightsOption, find_optional_model
from ..options import DatabaseOption

if TYPE_CHECKING:
    from ...simulators.networks.cost.network_cost import NetworkCost


def infer_cost(
    to: FolderOption,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model or preset:NAME of the devices.",
            show_default="8 bits over 0.94 … 1.1 mS",
        ),
    ] = None,
    read_V: Annotated[
        float, typer.Option("--read-voltage", min=1e-3, max=10, help="Voltage of a reading, in V.")
    ] = 0.1,
    weights: WeightsOption = RESNET20,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Energy, time and area of a CIFAR-100 network on devices; each number with its source.

    One image, and writing all devices once: with the energy that the synapse paper prints for a
    pulse, and with that of its critical voltages. Draws the area of a track against its levels.

    \b
    Examples:
      dwmtj infer cost -o cost
      dwmtj infer cost -o cost --model preset:pcm-joshi --read-voltage 0.2
    """
    require_learning()
    from dataclasses import replace

    import torch

    from ...analysis.figures import save
    from ...simulators.networks import to_analog
    from ...simulators.networks.cost.assumptions import Circuit
    from ...simulators.networks.cost.figure import area_panel
    from ...simulators.networks.cost.network_cost import cost_of
    from ...simulators.networks.crossbar.devices import ConductanceRange
    from ...simulators.networks.resnet.weights_file import load_weights
    from ...storage import check_overwrite

    panel = area_panel()
    check_overwrite(to / f"{panel.name}.png", overwrite=overwrite)
    found = find_optional_model(model, database)
    network = load_weights(weights).network.eval()
    analog = to_analog(
        network, found or ConductanceRange(), per="output", example=torch.zeros(1, 3, 32, 32)
    )
    circuit = Circuit()
    circuit = replace(circuit, read_V=replace(circuit.read_V, value=read_V, source="given"))
    _print_inference(cost_of(analog, circuit))
    for path in save(panel, to, panel.name, source=panel.title):
        print_line(str(path))


def _print_inference(cost: "NetworkCost") -> None:
    from ...simulators.networks.cost.write_energy import PRINTED_J, pulse_energies

    rows = [
        (
            layer.name,
            f"{layer.devices:,}",
            str(layer.arrays),
            f"{layer.multiply_adds:,}",
            rounded(layer.device_J, "J"),
            rounded(layer.converter_J, "J"),
            rounded(layer.digital_J, "J"),
            rounded(layer.time_s, "s"),
        )
        for layer in cost.layers
    ]
    columns = ("layer", "devices", "arrays", "multiply-adds", "devices' energy")
    print_table("One image", (*columns, "converters", "all digital", "time"), rows)
    print_line(
        f"One image: {rounded(cost.inference_J, 'J')} in {rounded(cost.time_s, 's')}; all digital "
        f"{rounded(cost.digital_J, 'J')}, without reading weights from memory."
    )
    print_areas(cost)
    pulses = [("printed, ±0.2 V", "0.2", rounded(PRINTED_J, "J"), "1", _once(cost, PRINTED_J))]
    pulses += [
        (
            each.move,
            f"{each.amplitude_V:g}",
            rounded(each.energy_J, "J"),
            f"{each.times_printed:,.0f}",
            _once(cost, each.energy_J),
        )
        for each in pulse_energies()
    ]
    columns = ("pulse (50 ns)", "V", "energy", "times printed", "one for every device")
    print_table("Writing: as printed, and across the simulated trapezoid", columns, pulses)
    print_assumptions(cost.circuit.stated())


def _once(cost: "NetworkCost", energy_J: float) -> str:
    return rounded(cost.devices * energy_J, "J")
