"""A copy of a model as plain modules in evaluation mode: unwrapped, weights computed once."""

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import nn
from torch.nn.utils import parametrize, prune, remove_spectral_norm, remove_weight_norm

from ...errors import NetworkError


def plain_copy(model: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode; raises NetworkError for what cannot be copied.

    Compiled modules and those of DataParallel are unwrapped. The copy's parametrized weights
    (weight norm, spectral norm) are still computed at each call: see `fixed`.
    """
    inner = unwrapped(model)
    _refuse_unreadable(inner)
    kept = {  # weight_norm as a hook, outputs of an earlier call: tensors that have gradients
        id(value): value.detach().clone()
        for part in inner.modules()
        for value in part.__dict__.values()
        if isinstance(value, torch.Tensor) and not value.is_leaf
    }
    try:
        copied = copy.deepcopy(inner, dict(kept))
    except Exception as error:  # whatever the model's own code raises
        raise NetworkError(
            f"{type(inner).__name__} cannot be copied ({type(error).__name__}: {error}): delete "
            "what it keeps of an earlier call, such as outputs with gradients."
        ) from error
    copied.eval()
    for name, part in list(copied.named_modules(remove_duplicate=False)):
        part._compiled_call_impl = None
        if name and unwrapped(part) is not part:
            copied.set_submodule(name, unwrapped(part))
    return copied


def fixed(copied: nn.Module) -> nn.Module:
    """Compute weights of the copy once, in place: weight norm, spectral norm, pruning."""
    for name, part in list(copied.named_modules()):
        if parametrize.is_parametrized(part):
            _fix_parametrized(part)
        for hook in list(part._forward_pre_hooks.values()):
            kind = type(hook).__name__
            attribute: str = getattr(hook, "name", "weight")
            if kind == "WeightNorm":
                _remove(remove_weight_norm, part, attribute, name)
            elif kind == "SpectralNorm":
                _remove(remove_spectral_norm, part, attribute, name)
            elif isinstance(hook, prune.BasePruningMethod):
                _remove(prune.remove, part, hook._tensor_name, name)
    for parameter in copied.parameters():
        parameter.requires_grad_(False)
    return copied


def unwrapped(model: nn.Module) -> nn.Module:
    """Return the module inside torch.compile, DataParallel and DistributedDataParallel."""
    while True:
        inner = getattr(model, "_orig_mod", None)
        if not isinstance(inner, nn.Module):
            parallel = (nn.DataParallel, nn.parallel.DistributedDataParallel)
            inner = model.module if isinstance(model, parallel) else None
        if not isinstance(inner, nn.Module):
            return model
        model = inner


def _fix_parametrized(part: nn.Module) -> None:
    """Keep parametrized tensors as parameters.

    torch's `remove_parametrizations` changes the class, which the copy shares with the original.
    """
    tensors = {name: getattr(part, name).detach() for name in part.parametrizations}  # type: ignore[union-attr]
    part.__class__ = type(part).__bases__[0]
    del part.parametrizations
    for name, tensor in tensors.items():
        part.register_parameter(name, nn.Parameter(tensor.clone(), requires_grad=False))


def _remove(remove: Callable[..., Any], part: nn.Module, attribute: str, name: str) -> None:
    try:
        remove(part, attribute)
    except Exception as error:
        raise NetworkError(
            f"The norm of layer {name}'s {attribute} cannot be computed once and for all "
            f"({type(error).__name__}: {error}): remove it before the conversion."
        ) from error


def _refuse_unreadable(model: nn.Module) -> None:
    for name, part in model.named_modules():
        where = f"Layer {name}" if name else type(model).__name__
        if isinstance(part, torch.jit.ScriptModule):
            raise NetworkError(
                f"{where} is compiled by torch.jit, and its code cannot be followed: convert the "
                "module that it was made from."
            )
        if ".quantized" in type(part).__module__ and type(part).__module__.startswith("torch."):
            raise NetworkError(
                f"{where} has quantised weights already ({type(part).__name__}): convert the "
                "network as it was before."
            )
        for own, parameter in part.named_parameters(recurse=False):
            if isinstance(parameter, nn.parameter.UninitializedParameter):
                raise NetworkError(
                    f"{where} has no {own} yet: call the model once before the conversion."
                )
            if parameter.layout != torch.strided:
                kind = str(parameter.layout).removeprefix("torch.")
                raise NetworkError(
                    f"{where} has its {own} in the layout {kind}, and devices hold all weights of "
                    "a layer: make it dense, with to_dense()."
                )
            if parameter.device.type == "meta":
                raise NetworkError(
                    f"{where} has its {own} on the meta device, without values: load its weights."
                )
