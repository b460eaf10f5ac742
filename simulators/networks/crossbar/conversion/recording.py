"""Everything that a network does with its weights on one example, seen call by call.

The network's own code runs, whatever it is written like, and every function of torch that it calls
is seen on the way (`torch.overrides.TorchFunctionMode`). Nothing is traced symbolically: loops,
assertions, default arguments and hooks do what they always do.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import FlopCounterMode

from ..layer_kinds import ATTENTION, LOOKUPS, RECURRENT, Product, product_of
from .addresses import Addresses

VALUES_READ = {
    *("__bool__", "__float__", "__int__", "__index__", "__complex__", "__contains__", "__array__"),
    *("item", "tolist", "numpy", "equal", "allclose", "is_nonzero", "_is_all_true"),
    *("nonzero", "argwhere", "unique", "masked_select", "_unique2", "unique_consecutive"),
}
"""Functions by which the values of tensors may choose what is computed next."""
SET_DATA = Tensor.data.__set__  # type: ignore[attr-defined]


@dataclass(slots=True)
class Uses:
    """What was done with one parameter; `others` are functions that are no product of it."""

    products: list[Product] = field(default_factory=list)
    lookups: int = 0
    inside: int = 0
    others: Counter[str] = field(default_factory=Counter)
    multiply_adds: Counter[int] = field(default_factory=Counter)  # by the first row of the weight

    @property
    def calls(self) -> int:
        return len(self.products) + self.lookups + self.inside + self.others.total()


@dataclass(slots=True)
class ProductOutput:
    """An output of a product, and the functions that took it."""

    weight: str
    tensor: Tensor
    product: Product
    takers: list[tuple[Callable[..., Any], tuple[Any, ...]]] = field(default_factory=list)


class Recorder(TorchFunctionMode):
    """Records all calls while it is entered; `tensors` are the network's parameters by name.

    `strangers` are those of another network, which should not be used: `stranger` is one that is.
    Of `kept` tensors, which are no parameters, only products are recorded.
    """

    def __init__(
        self,
        tensors: Mapping[str, Tensor],
        strangers: Mapping[str, Tensor],
        counter: FlopCounterMode | None = None,
        *,
        kept: Mapping[str, Tensor] | None = None,
    ) -> None:
        super().__init__()
        self._kept = Addresses((kept or {}).items())
        self._strangers = Addresses(strangers.items())
        self.stranger: str | None = None
        self.addresses = Addresses(tensors.items())
        self.uses: dict[str, Uses] = {}
        self.outputs: dict[int, ProductOutput] = {}
        self.values_read: str | None = None
        self.unregistered: Tensor | None = None
        self.replaced: str | None = None  # a parameter that is given other data
        self.norm_calls: list[tuple[Any, ...]] = []
        self._counter = counter
        self.uncounted = 0

    def __enter__(self) -> Self:
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        options = kwargs or {}
        if function == SET_DATA:
            self.replaced = self.replaced or self.addresses.find(args[0])
        before = self._flops()
        result = function(*args, **options)
        given = [one for one in tree_leaves((args, options)) if isinstance(one, Tensor)]
        if not given:
            return result
        self._note_values(function, given)
        self._note_other_weight(function, args, options, result)
        self._note_takers(function, args, given, result)
        if function is functional.batch_norm:
            self.norm_calls.append(args)
        self.stranger = self.stranger or next(filter(None, map(self._strangers.find, given)), None)
        owned = {id(one): name for one in given if (name := self.addresses.find(one))}
        if owned:
            self._note_uses(function, args, options, owned, given, result, self._flops() - before)
        return result

    def _flops(self) -> int:
        return 0 if self._counter is None else int(self._counter.get_total_flops()) // 2

    def _note_values(self, function: Callable[..., Any], given: list[Tensor]) -> None:
        name = getattr(function, "__name__", "")
        masked = name in ("__getitem__", "getitem") and any(x.dtype == torch.bool for x in given)
        places = function is torch.where and len(given) == 1  # where something holds
        if name in VALUES_READ or masked or places:
            self.values_read = self.values_read or name

    def _note_other_weight(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        options: Mapping[str, Any],
        result: Any,
    ) -> None:
        """Keep the weight of a product that is no parameter, or one of no module of the network."""
        product = product_of(function, args, options)
        if product is None or self.addresses.find(product.weight) is not None:
            return
        name = self._kept.find(product.weight)
        if name is not None:
            self._uses(name).products.append(product)
            self._uses(name).multiply_adds[0] += product.multiply_adds(result)
        elif isinstance(product.weight, torch.nn.Parameter):
            self.unregistered = product.weight

    def _note_takers(
        self, function: Callable[..., Any], args: tuple[Any, ...], given: list[Tensor], result: Any
    ) -> None:
        if not any(isinstance(one, Tensor) for one in tree_leaves(result)):
            return  # a shape or the like
        for one in given:
            found = self.outputs.get(id(one))
            if found is not None:
                found.takers.append((function, args))

    def _note_uses(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        options: Mapping[str, Any],
        owned: Mapping[int, str],
        given: list[Tensor],
        result: Any,
        counted: int,
    ) -> None:
        made = [one for one in tree_leaves(result) if isinstance(one, Tensor)]
        name = getattr(function, "__name__", str(function))
        changes = name.endswith("_") and not name.startswith("__")
        if not made or (all(map(self.addresses.find, made)) and not changes):
            return  # a shape, or a view
        product = product_of(function, args, options)
        weight = None if product is None else self.addresses.find(product.weight)
        if product is not None and weight is not None:
            self._uses(weight).products.append(product)
            self._uses(weight).multiply_adds[0] += product.multiply_adds(result)
            self.outputs[id(result)] = ProductOutput(weight, result, product)
            bias = None if product.bias is None else owned.get(id(product.bias))
            if bias is not None:
                self._uses(bias).inside += 1
            if id(product.inputs) in owned:
                self._uses(owned[id(product.inputs)]).others[name] += 1
        elif function is ATTENTION:
            self._note_attention(args, options, owned)
        elif function in RECURRENT:
            self._note_recurrent(given, owned, counted)
        else:
            for tensor in set(owned.values()):
                if function in LOOKUPS:
                    self._uses(tensor).lookups += 1
                else:
                    self._uses(tensor).others[name] += 1

    def _note_attention(
        self, args: tuple[Any, ...], options: Mapping[str, Any], owned: Mapping[int, str]
    ) -> None:
        """Count what projecting queries, keys and values takes: they share one weight, or none."""
        tokens = [one.numel() // one.shape[-1] for one in args[:3]]
        packed = args[5] if len(args) > 5 else options.get("in_proj_weight")
        out = args[11] if len(args) > 11 else options.get("out_proj_weight")
        apart = [options.get(f"{letter}_proj_weight") for letter in "qkv"]
        for name in set(owned.values()):
            self._uses(name).inside += 1
        if packed is not None and id(packed) in owned:
            rows = packed.shape[0] // 3
            for place, count in enumerate(tokens):
                adds = count * rows * packed.shape[1]
                self._uses(owned[id(packed)]).multiply_adds[place * rows] += adds
        for weight, count in zip((*apart, out), (*tokens, tokens[0]), strict=True):
            if weight is not None and id(weight) in owned:
                self._uses(owned[id(weight)]).multiply_adds[0] += count * weight.numel()

    def _note_recurrent(self, given: list[Tensor], owned: Mapping[int, str], counted: int) -> None:
        """Count the steps of all sequences times each weight; torch may have counted none."""
        steps = given[0].numel() // given[0].shape[-1]
        adds = 0
        for one in given:
            if id(one) in owned:
                self._uses(owned[id(one)]).inside += 1
                if one.dim() > 1:
                    self._uses(owned[id(one)]).multiply_adds[0] += steps * one.numel()
                    adds += steps * one.numel()
        if self._counter is not None:
            self.uncounted += adds - counted

    def _uses(self, name: str) -> Uses:
        return self.uses.setdefault(name, Uses())
