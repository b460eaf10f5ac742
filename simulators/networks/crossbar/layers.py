"""A network that reads its devices with noise and through converters, wherever it uses them.

Each device j of output i has read noise of its own, σ n_ij: it adds Σ_j σ n_ij x_j to the output,
which is Gaussian with variance σ² Σ_j x_j². One number for each output, scaled so, is the same in
law, and no device need be touched. Different outputs read different devices: they are independent.

Products are met where torch computes them, so that a weight is read alike by its layer, by a
function of the model's own and inside attention or recurrent layers (`opened`).
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from ..errors import NetworkError
from .converters import ConverterReach
from .layer_kinds import LOOKUPS, Product, product_of
from .random_streams import ReadingNoise

GRADIENTS = {torch.autograd.grad, torch.autograd.backward, Tensor.backward}


class AnalogArray(nn.Module):
    """The devices of one array as they are read; the weight itself belongs to the network.

    `read_std` is σ of one pair in units of the weights, (1,) or (outputs,). The bias is added
    behind the converter: it is digital. Noise and converters are part of the state dict.
    """

    def __init__(
        self,
        name: str,
        parameter: str,
        read_std: Tensor,
        noise: ReadingNoise,
        reach: ConverterReach | None,
        rows: tuple[int, int] | None = None,
        *,
        is_matrix: bool = False,
        is_unreached: bool = False,
    ) -> None:
        super().__init__()
        self.name, self.parameter, self.rows, self.is_matrix = name, parameter, rows, is_matrix
        self.register_buffer("read_std", read_std.float())
        self.noise, self.reach, self.is_unreached = noise, reach, is_unreached
        self.is_noisy = bool((read_std > 0).any())
        self._calls = 0

    def begin(self) -> None:
        self._calls = 0

    def weight_of(self, network: nn.Module) -> Tensor:
        weight = network.get_parameter(self.parameter)
        if self.is_matrix:
            return weight.t()
        return weight if self.rows is None else weight[slice(*self.rows)]

    def read(self, product: Product, first_image: int, images: int) -> Tensor:
        """Return a product's outputs as the devices and converters give them, bias added."""
        if self.is_unreached:
            raise NetworkError(
                f"No calibration image leads to layer {self.name}, so the ranges of its converters "
                "are not known: give images that do, or set the layer digital."
            )
        given = product.inputs if self.reach is None else self.reach.input(product.inputs)
        outputs = product.of(given)
        if self.is_noisy:
            outputs = outputs + self.read_noise(product, given, outputs, first_image, images)
        if self.reach is not None:
            outputs = self.reach.output(outputs)
        return product.with_bias(outputs)

    def read_noise(
        self, product: Product, given: Tensor, outputs: Tensor, first_image: int, images: int
    ) -> Tensor:
        """Return what the devices' noise adds to these outputs, another draw at each call."""
        read_std = product.by_output(self.get_buffer("read_std"))
        draws = self.noise.of_images(first_image, self._calls, outputs.shape, images)
        self._calls += 1
        added = read_std * product.root_of_squares(given, outputs) * draws.to(outputs)
        return added.to(outputs)  # in the network's precision

    def get_extra_state(self) -> dict[str, Any]:
        """Return noise and converters as plain data, for the state dict."""
        reach = None if self.reach is None else self.reach.document()
        return {
            "name": self.name,
            "noise": list(self.noise.source),
            "converters": reach,
            "unreached": self.is_unreached,
        }

    def set_extra_state(self, state: Any) -> None:
        """Take noise and converters; raises NetworkError for those of another array."""
        if state["name"] != self.name:
            raise NetworkError(
                f"The state is of layer {state['name']}, not {self.name}: load it into a network "
                "converted in the same way."
            )
        self.noise = ReadingNoise(*state["noise"])
        reach = state["converters"]
        self.reach = None if reach is None else ConverterReach.of_document(reach)
        self.is_unreached = state["unreached"]

    def _load_from_state_dict(self, state: Any, prefix: str, *args: Any) -> None:
        super()._load_from_state_dict(state, prefix, *args)
        self.is_noisy = bool((self.get_buffer("read_std") > 0).any())


class AnalogModule(nn.Module):
    """A network whose arrays are read with noise and through converters.

    Images are numbered as they come, batch after batch, so that each is read with noise of its own;
    `first_image` begins again at a number. An image has the same noise in a batch of any size,
    where the first axis of what layers compute is that of the images.
    """

    def __init__(self, network: nn.Module, arrays: Sequence[AnalogArray]) -> None:
        super().__init__()
        self.network = network
        self.arrays = nn.ModuleList(arrays)
        self._next_image = 0

    def forward(self, *args: Any, first_image: int | None = None, **options: Any) -> Any:
        if torch.compiler.is_compiling():  # compiled, it would read the same noise at every call
            read = torch.compiler.disable(self._read)  # type: ignore[no-untyped-call]
            return read(args, first_image, options)
        return self._read(args, first_image, options)

    def _read(self, args: Any, first_image: int | None, options: Mapping[str, Any]) -> Any:
        first = next(
            (one for one in tree_leaves((args, options)) if isinstance(one, Tensor) and one.dim()),
            None,
        )
        images = 1 if first is None else len(first)
        start = self._next_image if first_image is None else first_image
        if isinstance(start, bool) or not isinstance(start, int) or start < 0:
            raise NetworkError(f"first_image is a whole number of 0 or more, not {first_image!r}.")
        with Reading(self.network, self._of_network(), start, images):
            outputs = self.network(*args, **options)
        self._next_image = start + images
        return outputs

    def get_extra_state(self) -> int:
        """Return the number of the next image."""
        return self._next_image

    def set_extra_state(self, state: int) -> None:
        self._next_image = state

    def _of_network(self) -> list[AnalogArray]:
        return [array for array in self.arrays if isinstance(array, AnalogArray)]


class Reading(TorchFunctionMode):
    """Reads every product of an array's weight through the array, while it is entered."""

    def __init__(
        self, network: nn.Module, arrays: Sequence[AnalogArray], first_image: int, images: int
    ) -> None:
        super().__init__()
        self._first_image, self._images = first_image, images
        self._arrays: dict[int, tuple[AnalogArray, Tensor]] = {}
        self._parameters: dict[int, str] = {}
        for array in arrays:
            array.begin()
            self._parameters[id(network.get_parameter(array.parameter))] = array.name
            weight = array.weight_of(network)
            self._arrays[weight.data_ptr()] = array, weight

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        options = kwargs or {}
        product = product_of(function, args, options)
        if product is not None:
            array, weight = self._arrays.get(product.weight.data_ptr(), (None, None))
            if array is None or weight is None:
                return function(*args, **options)
            if (product.weight.shape, product.weight.stride()) != (weight.shape, weight.stride()):
                raise NetworkError(
                    f"The weight of layer {array.name} is used transposed or in part, which is not "
                    "simulated with read noise or converters: set the layer digital."
                )
            return array.read(product, self._first_image, self._images)
        if function in GRADIENTS:
            raise NetworkError(
                "The network computes gradients inside its forward, and devices that are read with "
                "noise or through converters have none: convert it without both."
            )
        outputs = function(*args, **options)
        self._refuse(function, args, outputs)
        return outputs

    def _refuse(self, function: Callable[..., Any], args: tuple[Any, ...], outputs: Any) -> None:
        """Raise NetworkError if this function computes with an array's weight, but as no product.

        Looking up rows gives the weights as programmed; views of a weight are still its devices.
        """
        if function in LOOKUPS:
            return
        for one in args:
            for each in one if isinstance(one, tuple | list) else (one,):
                name = self._parameters.get(id(each))
                if name is not None and not _is_view(outputs, each):
                    raise NetworkError(
                        f"The weight of layer {name} is used by {function.__name__}, which is not "
                        "simulated with read noise or converters: set the layer digital."
                    )


def _is_view(outputs: Any, parameter: Tensor) -> bool:
    """Return whether outputs are no tensors, or parts of the parameter itself."""
    storage = parameter.untyped_storage().data_ptr()
    tensors = [one for one in tree_leaves(outputs) if isinstance(one, Tensor)]
    return all(one.untyped_storage().data_ptr() == storage for one in tensors)
