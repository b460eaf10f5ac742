"""Public architectures converted here and by CrossSim: outputs, and what is on devices.

The networks are those of tests/simulators/networks/zoo: small, random weights, batch norms that do
something. Devices are ideal: 16 bits here, CrossSim's defaults there, which have no errors.
"""

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from dwmtj.benchmarks._crosssim import INSTALL, CrossSim
from dwmtj.simulators.networks.crossbar.conversion.comparison import deviation
from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.tests.simulators.networks.test_zoo import ZOO, made


def converted_here(network: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[float, float]:
    """Return mean |Δ|/σ of the outputs and the share of weights on devices."""
    analog = to_analog(network, ConductanceRange(std_S=0), 16, example=inputs)
    off = deviation(network(*inputs), analog.quantised()(*inputs))
    return off, 1 - analog.report().digital_weights


def converted_by_crosssim(network: nn.Module, inputs: tuple[Tensor, ...]) -> tuple[float, float]:
    """Return the same of CrossSim, where layers that it replaced are on devices."""
    from simulator import CrossSimParameters
    from simulator.algorithms.dnn.torch.convert import from_torch

    peer = from_torch(copy.deepcopy(network), CrossSimParameters())
    parts: Mapping[str, nn.Module] = dict(peer.named_modules())
    sizes: dict[Tensor, int] = {}
    replaced: set[Tensor] = set()
    for name, part in network.named_modules():
        weights = {p: p.numel() for p in part.parameters(recurse=False) if p.dim() > 1}
        sizes |= weights
        if type(parts[name]) is not type(part):
            replaced |= set(weights)
    share = sum(sizes[weight] for weight in replaced) / sum(sizes.values())
    return deviation(network(*inputs), peer(*inputs)), share


def main() -> None:
    """Print a row for each network."""
    torch.set_grad_enabled(False)
    if not CrossSim.is_installed():
        print(f"CrossSim is not installed, so nothing is compared: {INSTALL}")
    for name in ZOO:
        network, inputs = made(name)
        network.eval()
        off, share = converted_here(network, inputs)
        row = f"{name}: off by {off:.0e}, {100 * share:.0f} % of the weights on devices"
        if CrossSim.is_installed():
            try:
                off, share = converted_by_crosssim(network, inputs)
                row += f"; CrossSim {off:.0e}, {100 * share:.0f} %"
            except Exception as error:  # whatever the peer raises
                row += f"; CrossSim: {error}"
        print(row)


if __name__ == "__main__":
    main()
