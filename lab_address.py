"""The address of a virtual lab, `LAB?option=value&…`, which PyVISA takes as `…@dwmtj`."""

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, quote, urlencode

BACK_END = "dwmtj"
MODEL_PREFIX = "model:"


@dataclass(frozen=True, slots=True)
class LabAddress:
    """A lab by its name, its file or `model:` and a state model, with options in order.

    The options are those of `dwmtj.simulators.bench.open_lab`; an empty lab is the default one.
    """

    lab: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the address that a text without the back end stands for."""
        lab, _, options = text.partition("?")
        return cls(lab, tuple(parse_qsl(options, keep_blank_values=True)))

    @classmethod
    def of_library(cls, visa_library: str) -> Self | None:
        """Return the address in PyVISA's library string, None if it is no virtual lab's."""
        text, at, back_end = visa_library.rpartition("@")
        return cls.parse(text) if at and back_end == BACK_END else None

    def option(self, name: str) -> str | None:
        """Return the value of an option, None if it is not set."""
        return dict(self.options).get(name)

    def with_options(self, **values: object) -> Self:
        """Return the address with options set or replaced."""
        options = dict(self.options) | {name: str(value) for name, value in values.items()}
        return replace(self, options=tuple(options.items()))

    def without(self, *names: str) -> Self:
        """Return the address without some options."""
        return replace(self, options=tuple(o for o in self.options if o[0] not in names))

    @property
    def library(self) -> str:
        """The library string for PyVISA."""
        return f"{self}@{BACK_END}"

    @property
    def may_hold_twin(self) -> bool:
        """False for a built-in lab, whose devices are simulated."""
        return self.lab.startswith(MODEL_PREFIX) or self.lab.endswith(".toml")

    def __str__(self) -> str:
        options = urlencode(self.options, quote_via=quote, safe="/:")
        return f"{self.lab}?{options}" if options else self.lab
