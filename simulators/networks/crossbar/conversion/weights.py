"""Which weights of a network devices hold, as which arrays, and why others stay digital."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor, nn

from ..layer_kinds import LAYERS, RECURRENT_LAYERS, TRANSPOSED, rows_of
from .recording import Uses


@dataclass(frozen=True, slots=True)
class Place:
    """An array's place in the network: a parameter or rows of it, (first, end) or None for all.

    Outputs of transposed convolutions lie along the second axis, in `groups`, and those of a matrix
    that stands on the right of x @ W.
    """

    name: str
    parameter: str
    kind: str
    rows: tuple[int, int] | None = None
    is_transposed: bool = False
    groups: int = 1
    is_matrix: bool = False

    def taken_from(self, parameter: Tensor) -> Tensor:
        """Return the array's weights, its outputs along the first axis."""
        if self.rows is not None:
            return parameter[slice(*self.rows)]
        if self.is_matrix:
            return parameter.t()
        return rows_of(parameter, is_transposed=self.is_transposed, groups=self.groups)

    def put_into(self, parameter: Tensor, rows: Tensor) -> None:
        """Set the parameter's values to weights whose outputs are along the first axis."""
        if self.rows is not None:
            parameter[slice(*self.rows)] = rows.to(parameter)
        elif self.is_matrix:
            parameter.copy_(rows.t())
        else:
            weight = rows_of(rows, is_transposed=self.is_transposed, groups=self.groups)
            parameter.copy_(weight)


class Owner(NamedTuple):
    """A module that has a parameter, by the names of both."""

    name: str
    module: nn.Module
    own: str


def owners_of(model: nn.Module) -> dict[int, list[Owner]]:
    """Return by the identity of each parameter the modules that have it."""
    owners: dict[int, list[Owner]] = {}
    for name, module in model.named_modules():
        for own, parameter in module._parameters.items():
            if parameter is not None:
                owners.setdefault(id(parameter), []).append(Owner(name, module, own))
    return owners


def find_places(model: nn.Module, uses: Mapping[str, Uses]) -> tuple[list[Place], dict[str, str]]:
    """Return the arrays of a network, and by parameter why its other weights stay digital."""
    owners = owners_of(model)
    places: list[Place] = []
    digital: dict[str, str] = {}
    for name, parameter in model.named_parameters():
        if parameter.dim() < 2:
            continue
        found = uses.get(name, Uses())
        reason = _reason(parameter, found)
        shared = owners[id(parameter)]  # a tied weight is named after the layer that multiplies
        owner = next((one for one in shared if isinstance(one.module, LAYERS)), shared[0])
        made = [] if reason else _places(name, owner, parameter, found)
        places += made
        if not made:
            digital[name] = reason or _other_use(found)
    return places, digital


def _reason(parameter: Tensor, uses: Uses) -> str | None:
    if not parameter.is_floating_point():
        return f"{str(parameter.dtype).removeprefix('torch.')} weights"
    if not parameter.numel():
        return "empty"
    if uses.others:
        return f"used by {', '.join(sorted(uses.others))}"
    if uses.lookups and not uses.products:
        return "looked up"
    return None


def _other_use(uses: Uses) -> str:
    if not uses.calls:
        return "not used by the example"
    return "used in part or in several ways" if uses.products else "used inside its layer"


def _places(name: str, owner: Owner, parameter: Tensor, uses: Uses) -> list[Place]:
    module_name, module, own = owner
    kind = type(module).__name__
    prefix = f"{module_name}." if module_name else ""
    match module:
        case nn.MultiheadAttention() if own == "in_proj_weight":
            rows = len(parameter) // 3
            return [
                Place(f"{prefix}{letter}", name, kind, (start * rows, (start + 1) * rows))
                for start, letter in enumerate("qkv")
            ]
        case nn.MultiheadAttention() if own.endswith("_proj_weight"):
            return [Place(f"{prefix}{own[0]}", name, kind)]
        case nn.MultiheadAttention():
            return []
        case _ if isinstance(module, LAYERS) and own == "weight":
            groups = int(getattr(module, "groups", 1))
            is_transposed = isinstance(module, TRANSPOSED)
            return [Place(module_name, name, kind, None, is_transposed, groups)]
        case _ if isinstance(module, RECURRENT_LAYERS) and own.startswith("weight"):
            return [Place(name, name, kind)]
    ways = {
        (one.kind.is_transposed, one.groups, one.weight.shape, one.weight.stride())
        for one in uses.products
    }
    if len(ways) != 1:
        return []
    ((is_transposed, groups, shape, stride),) = ways
    if (shape, stride) == (parameter.shape, parameter.stride()):
        return [Place(name, name, kind, None, is_transposed, groups)]
    if parameter.dim() == 2 and (shape, stride) == (parameter.t().shape, parameter.t().stride()):
        return [Place(name, name, kind, is_matrix=True)]
    return []
