"""CrossSim (Sandia, BSD-3) as the peer of inference: the same levels and errors, no converters."""

import time
from importlib.util import find_spec

from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.data.image_batches import ImageBytes, predictions

INSTALL = "pip install git+https://github.com/sandialabs/cross-sim"
WINDOWS, BATCHES = (1, 4, 8), (25, 50)  # of its convolutions, of images: more are slower


class CrossSim:
    """A folded network on CrossSim's devices, in the fastest of the settings tried."""

    def __init__(self, folded: nn.Module, devices: ConductanceRange, bits: int) -> None:
        from simulator import CrossSimParameters
        from simulator.algorithms.dnn.torch.convert import from_torch, reinitialize

        self._convert, self._again = from_torch, reinitialize
        self._folded, self.batch = folded, BATCHES[0]
        parameters = CrossSimParameters()
        parameters.core.weight_bits = bits
        parameters.core.mapping.weights.percentile = 1.0
        device = parameters.xbar.device
        device.cell_bits = bits - 1
        device.Rmin, device.Rmax = 1 / devices.high_S, 1 / devices.low_S
        error = device.programming_error
        error.enable, error.model = True, "NormalIndependentDevice"
        error.magnitude = devices.std_S / devices.high_S
        self._parameters = parameters

    @staticmethod
    def is_installed() -> bool:
        return find_spec("simulator") is not None

    def choose(self, data: ImageBytes) -> None:
        """Program the network, with the windows and the batch that read these images fastest."""
        found = []
        for windows in WINDOWS:
            convolution = self._parameters.simulation.convolution
            convolution.x_par = convolution.y_par = windows
            network = self._convert(self._folded, self._parameters)
            for batch in BATCHES:
                start = time.process_time()
                predictions(network, data, batch=batch)
                found.append((time.process_time() - start, windows, batch, network))
        _, self.windows, self.batch, self.network = min(found, key=lambda entry: entry[0])

    def reprogram(self) -> None:
        self._again(self.network)

    def outputs(self, images: Tensor) -> Tensor:
        outputs: Tensor = self.network(images)
        return outputs
