"""A guard of folded batch norms: calls that take another path than the example did are refused."""

from collections.abc import Callable, Mapping
from threading import get_ident
from typing import Any, Self
from weakref import ref

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves, tree_map

from ...errors import NetworkError
from ..layer_kinds import product_of
from .call_kind import kept_by, kind_of
from .folded_norm import folded_norm
from .output_tensors import tensors_of

MOST_CALLS = 1000


class FoldGuard:
    """Looks once at each new kind of call: every folded norm must still follow its layer.

    A kind of call is what a path may depend on but values: shapes, arguments that are no tensors,
    and settings that modules have as attributes. Raises NetworkError where another path is taken.
    Copies of a network share what was looked at. `layers` are their kinds by name; layers that were
    replaced by another kind are left alone.
    """

    def __init__(self, layers: Mapping[str, type[nn.Module]]) -> None:
        self.layers = layers
        self.passed: set[Any] = set()
        self._watching: dict[int, list[tuple[Any, _FoldWatcher | None]]] = {}  # by thread

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def before(self, network: nn.Module, args: Any, options: Any) -> None:
        if torch.compiler.is_compiling():  # what is compiled cannot be watched
            if not torch.compiler.is_exporting():
                look = torch.compiler.disable(self._look)  # type: ignore[no-untyped-call]
                look(network, args, options)
            return
        call = kind_of(network, args, options)
        watcher = None if call in self.passed else self._watcher(network)
        if watcher is not None:
            watcher.__enter__()  # type: ignore[no-untyped-call]
        self._watching.setdefault(get_ident(), []).append((call, watcher))

    def _look(self, network: nn.Module, args: Any, options: Any) -> None:
        """Compute once more, watched, before a compiled network does."""
        call = kind_of(network, args, options)
        if call in self.passed:
            return
        watcher = self._watcher(network)
        with torch.no_grad(), torch.random.fork_rng(devices=()), watcher:
            copied = tree_map(lambda one: one.clone() if isinstance(one, Tensor) else one, args)
            outputs = network.forward(*copied, **options)
        self._judge(network, watcher, call, outputs)

    def _watcher(self, network: nn.Module) -> "_FoldWatcher":
        layers = {
            id(layer.weight): name
            for name, kind in self.layers.items()
            if type(layer := network.get_submodule(name)) is kind
        }
        return _FoldWatcher(layers)

    def after(self, network: nn.Module, _args: Any, _options: Any, outputs: Any) -> None:
        if torch.compiler.is_compiling():
            return
        call, watcher = self._watching[get_ident()].pop()
        if watcher is None:
            return
        watcher.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        if outputs is None and watcher.wrong is None:
            return  # the network itself has failed
        self._judge(network, watcher, call, outputs)

    def _judge(self, network: nn.Module, watcher: "_FoldWatcher", call: Any, outputs: Any) -> None:
        watcher.note_kept([*tensors_of(outputs), *kept_by(network)])
        wrong = watcher.wrong or next(iter(watcher.waiting.values()), (None, None))[0]
        if wrong is not None:
            raise NetworkError(
                f"This call of {type(network).__name__} takes another path than its example: the "
                f"batch norm that was folded into {wrong} does not follow it there; convert with "
                "fold=False, or give such inputs as the example."
            )
        if len(self.passed) >= MOST_CALLS:  # modules that count their calls have ever new ones
            self.passed.clear()
        self.passed.add(call)


class _FoldWatcher(TorchFunctionMode):
    """Watches the outputs of layers: the first to take one must be its folded norm, and alone."""

    def __init__(self, layers: Mapping[int, str]) -> None:
        super().__init__()
        self._layers = layers
        self._passed: dict[int, tuple[str, ref[Tensor]]] = {}
        self.waiting: dict[int, tuple[str, Tensor]] = {}
        self.wrong: str | None = None

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        options = kwargs or {}
        if function is folded_norm:
            return self._pass(*args)
        result = function(*args, **options)
        if any(isinstance(one, Tensor) for one in tree_leaves(result)):
            for one in tree_leaves((args, options)):
                self._note_use(one)
        product = product_of(function, args, options)
        if product is not None and id(product.weight) in self._layers:
            self.waiting[id(result)] = (self._layers[id(product.weight)], result)
        return result

    def _pass(self, inputs: Tensor, expected: str) -> Tensor:
        if expected not in self._layers.values():
            return inputs
        layer, _ = self.waiting.pop(id(inputs), (None, None))
        if layer != expected:
            self.wrong = self.wrong or expected
        self._passed[id(inputs)] = expected, ref(inputs)
        return inputs.view(inputs.shape)  # another tensor than the layer's output

    def note_kept(self, kept: list[Tensor]) -> None:
        """See outputs of layers in what a network returns, and keeps for others to read."""
        for one in kept:
            self._note_use(one)

    def _note_use(self, one: Any) -> None:
        if id(one) in self.waiting:
            self.wrong = self.wrong or self.waiting[id(one)][0]
        layer, passed = self._passed.get(id(one), ("", lambda: None))
        if layer and passed() is one:
            self.wrong = self.wrong or layer
