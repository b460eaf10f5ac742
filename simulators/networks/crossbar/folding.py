"""Batch norm folded into the layer before it, so that what is left are weights and biases.

In evaluation a batch norm is the affine map y = γ (x − µ)/√(σ² + ε) + β of its channel. Behind a
layer W, b it is the layer γ W/√(σ² + ε), γ (b − µ)/√(σ² + ε) + β: exact but for rounding.
"""

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

from torch import fx, nn
from torch.nn.modules.batchnorm import _BatchNorm

from ..errors import NetworkError
from .layer_kinds import with_batch_norm


def fold_batch_norm(model: nn.Module) -> nn.Module:
    """Return a copy in evaluation mode with every batch norm folded that follows a layer directly.

    A batch norm stays where its layer's output is used elsewhere, too, where a layer is called
    more than once, and where no running statistics are kept. Layers keep their names. Raises
    NetworkError if the model has batch norms and torch.fx cannot trace it.
    """
    folded = copy.deepcopy(model).eval()
    if not any(isinstance(module, _BatchNorm) for module in folded.modules()):
        return folded
    graph = _traced(folded)
    modules = dict(graph.named_modules())
    calls = Counter(node.target for node in graph.graph.nodes if node.op == "call_module")
    for node in list(graph.graph.nodes):
        norm = modules.get(node.target) if node.op == "call_module" else None
        if not isinstance(norm, _BatchNorm) or norm.running_mean is None:
            continue
        before = node.args[0]
        once = before.op == "call_module" and calls[before.target] == calls[node.target] == 1
        if not once or len(before.users) > 1:
            continue
        fused = with_batch_norm(modules[before.target], norm)
        if fused is None:
            continue
        graph.set_submodule(before.target, fused)
        node.replace_all_uses_with(before)
        graph.graph.erase_node(node)
    graph.delete_all_unused_submodules()
    graph.recompile()
    return graph


def copy_without_weights(folded: nn.Module, layers: Sequence[str]) -> nn.Module:
    """Return a copy that shares the weights of these layers with the network itself.

    A traced network consists of torch's own modules, which refer to each other as submodules only:
    parameters, buffers and tables are copied, not its code, and not what never changes. That takes
    a tenth of the time of copy.deepcopy, which compiles the code again.
    """
    weights = [folded.get_submodule(name).weight for name in layers]
    memo: dict[int, Any] = {id(weight): weight for weight in weights}
    if isinstance(folded, fx.GraphModule):
        return _copy_of_traced(folded, memo)
    return copy.deepcopy(folded, memo)


def _copy_of_traced(module: nn.Module, memo: dict[int, Any]) -> nn.Module:
    if id(module) in memo:
        found: nn.Module = memo[id(module)]
        return found
    copied = memo[id(module)] = object.__new__(type(module))
    content = module.__dict__
    copied.__dict__ = {k: v.copy() if isinstance(v, dict) else v for k, v in content.items()}
    for name, tensors in (("_parameters", module._parameters), ("_buffers", module._buffers)):
        copied.__dict__[name] = {k: copy.deepcopy(tensor, memo) for k, tensor in tensors.items()}
    copied.__dict__["_modules"] = {
        k: None if part is None else _copy_of_traced(part, memo)
        for k, part in module._modules.items()
    }
    return copied


def _traced(model: nn.Module) -> fx.GraphModule:
    try:
        return fx.symbolic_trace(model)
    except Exception as error:  # whatever the model's own code raises when it is fed a proxy
        raise NetworkError(
            f"Which layers the batch norms of {type(model).__name__} follow cannot be traced "
            f"({type(error).__name__}: {error}): fold them with torch.nn.utils.fusion first."
        ) from error
