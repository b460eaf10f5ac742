"""Batch norm folded into the layer before it, so that what is left are weights and biases.

In evaluation a batch norm is the affine map y = γ (x − µ)/√(σ² + ε) + β of its channel. Behind a
layer W, b it is the layer γ W/√(σ² + ε), γ (b − µ)/√(σ² + ε) + β: exact but for rounding.

A batch norm is folded where a recorded call shows that it takes the layer's output, and nothing
else does. That holds for inputs of the same shapes: other ones are looked at once (`FoldGuard`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..layer_kinds import LAYERS, TRANSPOSED, rows_of
from .fold_guard import FoldGuard
from .folded_norm import FoldedNorm
from .recording import ProductOutput, Recorder
from .weights import Owner, owners_of

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)
HOOKS = ("_forward_hooks", "_forward_pre_hooks")


def batch_norms(model: nn.Module) -> dict[str, _BatchNorm]:
    return {name: part for name, part in model.named_modules() if isinstance(part, _BatchNorm)}


@dataclass(frozen=True, slots=True)
class Folding:
    """Batch norms to fold, by name the layer before each, and why the others stay digital."""

    into: Mapping[str, str]
    staying: Mapping[str, str]


def find_foldable(model: nn.Module, record: Recorder) -> Folding:
    """Return what may be folded, as the record of one call of the model shows."""
    owners = owners_of(model)
    parameters = dict(model.named_parameters())
    norms = batch_norms(model)
    taken = _taken_by(record, norms)
    into, staying = {}, {}
    for name, norm in norms.items():
        outputs = taken.get(name, [])
        reason = _obstacle(norm, outputs, record)
        if reason is None:
            followed = [output for output in outputs if output is not None]
            (owner, *more) = owners[id(parameters[followed[0].weight])]
            reason = _obstacle_of_layer(owner, followed, record, owners, several=bool(more))
            into[name] = owner.name
        if reason is not None:
            staying[name] = reason
            into.pop(name, None)
    return Folding(into, staying)


def fold_batch_norm(model: nn.Module, into: Mapping[str, str]) -> None:
    """Fold batch norms, in place, into the layers before them; both by name."""
    for name, layer in into.items():
        norm = model.get_submodule(name)
        assert isinstance(norm, _BatchNorm)
        _fold(model.get_submodule(layer), norm)
        for other, part in list(model.named_modules(remove_duplicate=False)):
            if part is norm:
                model.set_submodule(other, FoldedNorm(layer))
    if into:
        guard = FoldGuard({layer: type(model.get_submodule(layer)) for layer in into.values()})
        model.register_forward_pre_hook(guard.before, with_kwargs=True)
        model.register_forward_hook(guard.after, with_kwargs=True, always_call=True)


def _taken_by(
    record: Recorder, norms: Mapping[str, _BatchNorm]
) -> dict[str, list[ProductOutput | None]]:
    """Return by batch norm the layers' outputs that it took, None for what is no such output."""
    by_mean = {
        id(norm.running_mean): name for name, norm in norms.items() if norm.running_mean is not None
    }
    taken: dict[str, list[ProductOutput | None]] = {}
    for arguments in record.norm_calls:
        name = by_mean.get(id(arguments[1]) if len(arguments) > 1 else 0)
        if name is not None:
            taken.setdefault(name, []).append(record.outputs.get(id(arguments[0])))
    return taken


def _obstacle(
    norm: _BatchNorm, outputs: list[ProductOutput | None], record: Recorder
) -> str | None:
    if norm.running_mean is None or norm.running_var is None:
        return "it keeps no running statistics"
    if type(norm) not in NORMS:
        return f"{type(norm).__name__} is a kind of its own"
    if record.values_read is not None:
        return f"the network looks at values ({record.values_read}) and may take other paths"
    if not outputs:
        return "it was not called by the example"
    if any(getattr(norm, hooks) for hooks in HOOKS):
        return "it has hooks"
    if len({None if output is None else output.weight for output in outputs} | {None}) > 2:
        return "it follows several layers"
    if None in outputs:
        return "it does not follow a layer directly"
    return None


def _obstacle_of_layer(
    owner: Owner,
    outputs: list[ProductOutput],
    record: Recorder,
    owners: Mapping[int, list[Owner]],
    *,
    several: bool,
) -> str | None:
    layer, name = owner.module, owner.name
    if not isinstance(layer, LAYERS) or owner.own != "weight":
        return f"the weight before it, {outputs[0].weight}, is of no single layer"
    shared = several or (layer.bias is not None and len(owners[id(layer.bias)]) > 1)
    if shared or record.uses[outputs[0].weight].calls > len(outputs):
        return f"the weight of {name} is used elsewhere, too"
    if any(len(output.takers) > 1 for output in outputs):
        return f"the output of {name} is used elsewhere, too"
    products = [output.product for output in outputs]
    if any(one.bias is not layer.bias or one.weight is not layer.weight for one in products):
        return f"{name} computes with other weights than its own"
    if any(getattr(layer, hooks) for hooks in HOOKS):
        return f"{name} has hooks"
    axes = products[0].kind.axes
    if any(output.tensor.dim() != (axes + 2 if axes else 2) for output in outputs):
        return f"the outputs of {name} are not along its channels"
    return None


@torch.no_grad()
def _fold(layer: nn.Module, norm: _BatchNorm) -> None:
    """Scale a layer's outputs and set its bias; in double precision, rounded once."""
    assert norm.running_mean is not None and norm.running_var is not None
    weight = layer.weight
    assert isinstance(weight, Tensor)
    factor = (norm.running_var.double() + norm.eps).rsqrt()
    shift = -norm.running_mean.double()
    if layer.bias is not None:
        shift = shift + layer.bias.double()  # type: ignore[operator]
    if norm.weight is not None:
        factor = factor * norm.weight.double()
    bias = shift * factor
    if norm.bias is not None:
        bias = bias + norm.bias.double()
    is_transposed = isinstance(layer, TRANSPOSED)
    groups = int(getattr(layer, "groups", 1))
    rows = rows_of(weight.double(), is_transposed=is_transposed, groups=groups)
    scaled = rows * factor.view(-1, *[1] * (rows.dim() - 1))
    folded = rows_of(scaled, is_transposed=is_transposed, groups=groups)
    layer.weight = nn.Parameter(folded.to(weight), requires_grad=False)
    layer.bias = nn.Parameter(bias.to(weight), requires_grad=False)
