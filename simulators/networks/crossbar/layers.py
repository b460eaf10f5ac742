"""A layer that reads its devices with noise and through converters; and a network of such layers.

Each device j of output i has read noise of its own, σ n_ij: it adds Σ_j σ n_ij x_j to the output,
which is Gaussian with variance σ² Σ_j x_j². One number for each output, scaled so, is the same in
law, and no device need be touched. Different outputs read different devices: they are independent.
"""

from collections.abc import Sequence

from torch import Tensor, nn

from .converters import ConverterReach
from .layer_kinds import Layer, channel_shape, squares_summed
from .random_streams import ReadingNoise


class AnalogLayer(nn.Module):
    """A Linear or Conv2d whose inputs are converted, whose outputs are noisy and converted.

    `read_std` is σ of one pair in units of the weights, (1,) or (outputs,). The bias is added
    behind the converter: it is digital.
    """

    def __init__(
        self,
        layer: Layer,
        read_std: Tensor,
        noise: ReadingNoise,
        reach: ConverterReach | None,
    ) -> None:
        super().__init__()
        self.layer = layer
        self.bias = layer.bias
        layer.bias = None
        self.register_buffer("read_std", read_std.float())
        self._noise = noise
        self._reach = reach
        self._first_image = self._calls = 0
        self._sums = squares_summed(layer)

    def begin(self, first_image: int) -> None:
        """Set the number of the first image of the next batch."""
        self._first_image, self._calls = first_image, 0

    def forward(self, inputs: Tensor) -> Tensor:
        given = inputs if self._reach is None else self._reach.input(inputs)
        outputs: Tensor = self.layer(given)
        if bool((self.get_buffer("read_std") > 0).any()):
            outputs = outputs + self.read_noise(given, outputs)
        if self._reach is not None:
            outputs = self._reach.output(outputs)
        return outputs if self.bias is None else outputs + self.bias.view(channel_shape(self.layer))

    def read_noise(self, inputs: Tensor, outputs: Tensor) -> Tensor:
        """Return what the devices' noise adds to these outputs, another draw at each call."""
        read_std = self.get_buffer("read_std").view(channel_shape(self.layer))
        draws = self._noise.of_images(self._first_image, self._calls, outputs.shape)
        self._calls += 1
        return read_std * self._root_of_squares(inputs, outputs) * draws.to(outputs)

    def _root_of_squares(self, inputs: Tensor, outputs: Tensor) -> Tensor:
        """Return √Σx² of what each output reads, one for each group of outputs."""
        squares = inputs.square()
        if self._sums is None:
            return squares.sum(dim=-1, keepdim=True).sqrt()
        groups = self._sums.groups
        by_group = squares.reshape(len(squares), groups, -1, *squares.shape[2:]).sum(dim=2)
        sums: Tensor = self._sums.to(inputs)(by_group)
        return sums.sqrt().repeat_interleave(outputs.shape[1] // groups, dim=1)


class AnalogModule(nn.Module):
    """A network with analogue layers, called with images and the number of the first of them."""

    def __init__(self, network: nn.Module, layers: Sequence[AnalogLayer]) -> None:
        super().__init__()
        self.network = network
        self._layers = tuple(layers)

    def forward(self, images: Tensor, first_image: int = 0) -> Tensor:
        for layer in self._layers:
            layer.begin(first_image)
        outputs: Tensor = self.network(images)
        return outputs
