"""A VISA session: one opened resource, its attributes, and reading and writing through its port."""

import itertools
from dataclasses import dataclass, field
from typing import Any

from pyvisa import constants, rname
from pyvisa.attributes import AttributesByID
from pyvisa.constants import InterfaceType, ResourceAttribute, StatusCode

from ..scpi.port import Port

_SUCCESS = StatusCode.success
_TERMINATED = StatusCode.success_termination_character_read
_FULL = StatusCode.success_max_count_read
_numbers = itertools.count(1)


@dataclass(slots=True, eq=False)
class Session:
    """An opened resource. Its attributes start at VISA's defaults."""

    resource_name: str
    port: Port
    number: int = field(default_factory=lambda: next(_numbers))
    timeout_ms: int = 2000
    interface: InterfaceType = InterfaceType.unknown
    resource_class: str = "INSTR"
    _stop: int | None = None
    _attributes: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        parsed = rname.ResourceName.from_string(self.resource_name)
        self.interface = parsed.interface_type_const
        self.resource_class = parsed.resource_class
        self._attributes = {
            ResourceAttribute.resource_name: self.resource_name,
            ResourceAttribute.resource_class: self.resource_class,
            ResourceAttribute.interface_type: self.interface,
            ResourceAttribute.interface_number: _whole(getattr(parsed, "board", "0")),
            ResourceAttribute.resource_manufacturer_name: "dwmtj virtual bench",
            ResourceAttribute.resource_spec_version: 0x00700000,
            ResourceAttribute.resource_impl_version: 0x00010000,
            ResourceAttribute.termchar: 10,
            ResourceAttribute.termchar_enabled: False,
        }
        if self.interface is InterfaceType.gpib:
            primary = _whole(getattr(parsed, "primary_address", "0"))
            self._attributes[ResourceAttribute.gpib_primary_address] = primary
        self._update_stop()

    def read(self, count: int) -> tuple[bytes, StatusCode]:
        """Read as viRead does: to END, the termination character, `count` bytes or the time-out."""
        if self.port.still_working(self.timeout_ms / 1e3):
            return b"", StatusCode.error_timeout
        data, end = self.port.read(count, self._stop)
        if not data:
            return b"", self._nothing_came()
        if end:
            return data, _SUCCESS
        if self._stop is not None and data[-1] == self._stop:
            return data, _TERMINATED
        if len(data) < count:
            return data, self._nothing_came()
        return data, _FULL

    def wait_out(self) -> None:
        """Advance the lab's clock by the time-out."""
        if self.timeout_ms != constants.VI_TMO_INFINITE:
            self.port.sleep(self.timeout_ms / 1e3)

    def get_attribute(self, attribute: int) -> tuple[Any, StatusCode]:
        """Return an attribute's value, or an error status if the resource has no such attribute."""
        if attribute == ResourceAttribute.timeout_value:
            return self.timeout_ms, _SUCCESS
        if attribute == ResourceAttribute.asrl_avalaible_number:
            return self.port.waiting(), _SUCCESS
        if attribute in self._attributes:
            return self._attributes[attribute], _SUCCESS
        if not self._has(attribute):
            return None, StatusCode.error_nonsupported_attribute
        return AttributesByID[attribute].default, _SUCCESS

    def set_attribute(self, attribute: int, value: Any) -> StatusCode:
        """Set a writable attribute of this kind of resource."""
        if attribute == ResourceAttribute.timeout_value:
            self.timeout_ms = int(value)
            return _SUCCESS
        if not self._has(attribute):
            return StatusCode.error_nonsupported_attribute
        if not AttributesByID[attribute].write:
            return StatusCode.error_attribute_read_only
        self._attributes[attribute] = value
        self._update_stop()
        return _SUCCESS

    def _has(self, attribute: int) -> bool:
        described = AttributesByID.get(attribute)
        return described is not None and described.in_resource(
            (self.interface, self.resource_class)
        )

    def _nothing_came(self) -> StatusCode:
        self.port.fail_read()
        self.wait_out()
        return StatusCode.error_timeout

    def _update_stop(self) -> None:
        enabled = bool(self._attributes[ResourceAttribute.termchar_enabled])
        if self.interface is InterfaceType.asrl:
            ends_in = self._attributes.get(
                ResourceAttribute.asrl_end_in, constants.SerialTermination.termination_char
            )
            enabled |= ends_in == constants.SerialTermination.termination_char
        self._stop = int(self._attributes[ResourceAttribute.termchar]) if enabled else None


def _whole(text: Any) -> int:
    return int(text) if str(text).isdecimal() else 0
