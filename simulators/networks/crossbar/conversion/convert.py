"""A model made ready for devices, compared with the original before it is handed over."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from ...errors import NetworkError
from ..layer_kinds import NAMES
from .addresses import kept_tensors
from .call_kind import kept_by
from .comparison import TOLERANCES, deviation, first_difference
from .copying import check_parameters
from .example import Example, Inputs, failing_example, guessed_example
from .folding import Folding, batch_norms, find_foldable, fold_batch_norm
from .output_tensors import tensors_of
from .plain_copy import fixed, plain_copy
from .proof import Proof, deviation_of, refusal
from .recording import Recorder, Uses
from .weights import Place, find_places

COMPARED = 2  # images
NO_PARAMETER = "fixed: no parameter of its module"


@dataclass(frozen=True, slots=True)
class Converted:
    """A network in evaluation mode whose weights at `places` devices can hold.

    `digital` has by parameter why its weights stay digital, `staying` by batch norm why it is not
    folded. It was compared on `example`.
    """

    network: nn.Module
    places: tuple[Place, ...]
    digital: Mapping[str, str]
    staying: Mapping[str, str]
    example: Example


def convert(model: nn.Module, inputs: Inputs | None, *, fold: bool) -> tuple[Converted, Proof]:
    """Return a copy of a model for devices, the same on the example; raises NetworkError.

    Compared are the outputs for two images, in double precision where the model computes in it,
    with weights that were taken apart into arrays and put together again.
    """
    original = plain_copy(model)
    if not any(p.dim() > 1 and p.is_floating_point() for p in original.parameters()):
        raise _no_layers(original)
    given = guessed_example(original) if inputs is None else Example.of(inputs)
    given = _computable(original, given)
    exact, example, expected = _in_double_precision(original, given)
    _check_outputs(original, expected)
    weight = next(p for p in exact.parameters() if p.is_floating_point())
    tolerance = TOLERANCES.get(weight.dtype, TOLERANCES[torch.float32])
    copied = fixed(deepcopy(exact))
    check_parameters(exact, copied)
    record, got = _recorded(copied, example, dict(model.named_parameters()))
    _check_copy(exact, copied, example, (expected, got), tolerance, record)
    for name in _hidden(copied, record, example, tolerance):
        record.uses.setdefault(name, Uses()).others["code that cannot be followed"] += 1
    places, digital = find_places(copied, record.uses)
    digital |= {name: NO_PARAMETER for name in kept_tensors(copied) if name in record.uses}
    if not places:
        raise _nothing_on_devices(original, digital)
    folding = find_foldable(copied, record) if fold else Folding({}, {})
    staying = dict(folding.staying) if fold else dict.fromkeys(batch_norms(copied), "fold=False")
    into = dict(folding.into)
    proven = _rebuilt(copied, places, into)
    if into and deviation_of(expected, proven, example) > tolerance:
        layer = first_difference(exact, proven, example, tolerance)
        staying |= dict.fromkeys(
            into, f"folding it changes the outputs of {layer or 'the network'}"
        )
        into, proven = {}, _rebuilt(copied, places, {})
    Proof(exact, example, expected, tolerance).check(proven)
    network = fixed(plain_copy(model))
    fold_batch_norm(network, into)
    for parameter in network.parameters():
        parameter.requires_grad_(False)
    own = given.to(network)
    return (
        Converted(network, tuple(places), digital, staying, own),
        Proof(proven, example, expected, tolerance),
    )


def _computable(original: nn.Module, given: Example) -> Example:
    """Return the first images of an example, or all of it where axes mean something else.

    Numbers that are all the same are varied where the model takes others: masks may have to be 1.
    """
    varied = given.varied()
    for tried in (varied.first(COMPARED), varied, given.first(COMPARED), given):
        example = tried.to(original)
        with suppress(Exception):  # whatever the model's own code raises
            if _has_finite(example.call(original)):
                return example
    try:
        example.call(original)
    except Exception as error:
        raise failing_example(original, error) from error
    return example


def _has_finite(outputs: Any) -> bool:
    return any(one.numel() and bool(one.isfinite().any()) for one in tensors_of(outputs))


def _check_outputs(original: nn.Module, outputs: Any) -> None:
    if not _has_finite(outputs):
        what = "numbers that are not finite" if tensors_of(outputs) else "no tensors"
        raise NetworkError(
            f"{type(original).__name__} returns {what} for its example, so its conversion cannot "
            "be compared: give another example, or a module that returns its outputs."
        )


def _in_double_precision(original: nn.Module, given: Example) -> tuple[nn.Module, Example, Any]:
    """Return a copy in double precision, example and outputs; as it is where it cannot be."""
    with suppress(Exception):  # whatever the model's own code raises in another precision
        exact = deepcopy(original).double()
        example = given.to(exact)
        return exact, example, example.call(exact)
    return original, given, given.call(original)


def _recorded(
    copied: nn.Module, example: Example, strangers: Mapping[str, Tensor]
) -> tuple[Recorder, Any]:
    """Return the record of one call and its outputs."""
    with Recorder(dict(copied.named_parameters()), strangers, kept=kept_tensors(copied)) as record:
        got = example.call(copied)
    for one in [*tensors_of(got), *kept_by(copied)]:
        if id(one) in record.outputs:  # handed out, whoever else takes it
            record.outputs[id(one)].takers.append((tensors_of, ()))
    return record, got


def _hidden(copied: nn.Module, record: Recorder, example: Example, tolerance: float) -> list[str]:
    """Return the weights that the outputs depend on, though no function was seen to take them."""
    parameters = {
        n: p for n, p in copied.named_parameters() if p.dim() > 1 and n not in record.uses
    }
    if not parameters:
        return []
    expected = example.call(copied)

    def matter(names: Iterable[str]) -> bool:
        changed = deepcopy(copied)
        with torch.no_grad():
            for name in names:
                changed.get_parameter(name).fill_(torch.nan)
        return deviation_of(expected, changed, example) > tolerance

    return [name for name in parameters if matter([name])] if matter(parameters) else []


def _check_copy(
    exact: nn.Module,
    copied: nn.Module,
    example: Example,
    outputs: tuple[Any, Any],
    tolerance: float,
    record: Recorder,
) -> None:
    if record.stranger is not None:
        raise NetworkError(
            f"A copy of the network still computes with {record.stranger} of the original, which a "
            "hook or a function keeps: let it use the module that it is called with."
        )
    if record.replaced is not None:
        raise NetworkError(
            f"{type(exact).__name__} gives {record.replaced} other data at each call, such as a "
            "largest norm: do that once before the conversion, and leave it out of its code."
        )
    if record.unregistered is not None:
        shape = " × ".join(map(str, record.unregistered.shape))
        raise NetworkError(
            f"{type(exact).__name__} computes with a weight of {shape} that is none of its "
            "parameters: keep its layers as attributes, or in a ModuleList or ModuleDict."
        )
    off = deviation(*outputs)
    if not off > tolerance:
        return
    if deviation(outputs[0], example.call(exact)) > tolerance:
        layer = first_difference(exact, exact, example, tolerance)
        where = f"Layer {layer}" if layer else type(exact).__name__
        raise NetworkError(
            f"{where} gives other outputs at each call for the same inputs and the same "
            "torch.manual_seed, so that a conversion cannot be compared with it: make it "
            "reproducible."
        )
    for name, part in exact.named_modules():
        if isinstance(part, nn.TransformerEncoder) and part.use_nested_tensor:
            raise NetworkError(
                f"Layer {name or '(network)'} leaves padding out (nested tensors), but not while "
                "it is watched, and its outputs there differ: set its use_nested_tensor to False "
                "before the conversion."
            )
    raise refusal(exact, first_difference(exact, copied, example, tolerance), off)


def _rebuilt(copied: nn.Module, places: list[Place], into: Mapping[str, str]) -> nn.Module:
    """Return the folded network with weights that went through the layout of the arrays."""
    network = deepcopy(copied)
    fold_batch_norm(network, into)
    with torch.no_grad():
        parameters = dict(network.named_parameters())
        before = {place.parameter: parameters[place.parameter].clone() for place in places}
        for name in before:
            parameters[name].fill_(torch.nan)
        for place in places:
            rows = place.taken_from(before[place.parameter]).clone()
            place.put_into(parameters[place.parameter], rows)
    return network


def _nothing_on_devices(model: nn.Module, digital: Mapping[str, str]) -> NetworkError:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in list(digital.items())[:3])
    return NetworkError(
        f"No weights of {type(model).__name__} are multiplied by inputs alone, so that devices "
        f"could hold them ({reasons})."
    )


def _no_layers(model: nn.Module) -> NetworkError:
    name = next(
        (name for name, p in model.named_parameters() if p.dim() > 1 and p.is_complex()), ""
    )
    if name:
        return NetworkError(
            f"{name} of {type(model).__name__} is complex, and a pair of devices holds a real "
            "weight: give its real and imaginary part layers of their own."
        )
    return NetworkError(
        f"{type(model).__name__} has no {NAMES} layer, so there are no weights that devices could "
        "hold."
    )
