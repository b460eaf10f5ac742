"""Puts a trace between PyVISA and any VISA library, whoever opens it and whenever."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

from pyvisa import highlevel
from pyvisa.constants import ResourceAttribute, StatusCode
from pyvisa.highlevel import VisaLibraryBase

from .steps import outcome_of, path
from .trace_file import TraceFile

OPERATIONS = (
    "open",
    "close",
    "write",
    "read",
    "clear",
    "flush",
    "assert_trigger",
    "read_stb",
    "lock",
    "unlock",
    "set_attribute",
    "gpib_command",
    "gpib_control_atn",
    "gpib_control_ren",
    "gpib_pass_control",
    "gpib_send_ifc",
    "usb_control_in",
    "usb_control_out",
    "vxi_command_query",
    "wait_on_event",
    "buffer_read",
    "buffer_write",
    "read_asynchronously",
    "write_asynchronously",
    "read_to_file",
    "write_from_file",
)
LONGEST_TEXT = 256  # bytes of a message that are kept; its length is written in any case

Call = Callable[..., Any]


@contextmanager
def traced_libraries(trace: TraceFile) -> Iterator[None]:
    """Trace every VISA library that is open in this process, or is opened meanwhile."""
    wrapped: dict[int, _TracedLibrary] = {}
    open_library = highlevel.open_visa_library

    def wrap(library: VisaLibraryBase) -> VisaLibraryBase:
        if id(library) not in wrapped:
            wrapped[id(library)] = _TracedLibrary(library, trace)
        return library

    for library in list(VisaLibraryBase._registry.values()):
        wrap(library)
    highlevel.open_visa_library = lambda specification="": wrap(open_library(specification))
    try:
        yield
    finally:
        highlevel.open_visa_library = open_library
        for each in wrapped.values():
            each.restore()


class _TracedLibrary:
    """A VISA library whose operations, as attributes of the instance, write what they do."""

    def __init__(self, library: VisaLibraryBase, trace: TraceFile) -> None:
        self._library = library
        self._trace = trace
        self._names: dict[int, str] = {}
        self._before = {name: vars(library).get(name) for name in OPERATIONS}
        for name in OPERATIONS:
            setattr(library, name, self._traced(name, getattr(library, name)))

    def restore(self) -> None:
        for name, own in self._before.items():
            if own is None:
                delattr(self._library, name)
            else:
                setattr(self._library, name, own)

    def _traced(self, operation: str, call: Call) -> Call:
        detail = _DETAILS.get(operation, _arguments)

        def traced_call(session: Any, *args: Any, **kwargs: Any) -> Any:
            name = self._opening(args, kwargs) if operation == "open" else self._name(session)
            result, outcome = None, ""
            began_s = perf_counter()
            try:
                result = call(session, *args, **kwargs)
            except BaseException as error:
                outcome = outcome_of(error)
                raise
            else:
                outcome = _status(result)
                return result
            finally:
                took_s = perf_counter() - began_s
                if operation == "open" and result is not None:
                    self._names[int(result[0])] = name
                elif operation == "close":
                    self._names.pop(int(session), None)
                if name:
                    event = {
                        "instrument": name,
                        "operation": operation,
                        "took_s": round(took_s, 6),
                        **detail((*args, *kwargs.values()), result),
                        "outcome": outcome,
                    }
                    self._trace.write(began_s, path.get(), event)

        return traced_call

    @staticmethod
    def _opening(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
        return str(args[0] if args else kwargs.get("resource_name", ""))

    def _name(self, session: Any) -> str:
        """Return the resource of a session, nothing for what is none (a manager, an event)."""
        name = self._names.get(session)
        if name is None:
            try:
                value, _ = self._library.get_attribute(session, ResourceAttribute.resource_name)
            except Exception:  # any library may raise anything here
                value = ""
            name = self._names[session] = str(value)
        return name


def _status(result: Any) -> str:
    status = result[-1] if isinstance(result, tuple) else result
    if not isinstance(status, StatusCode) or status == StatusCode.success:
        return "ok"
    return status.name


def _message(data: object) -> dict[str, Any]:
    """Return a message as text, each byte the character of its number, and its length."""
    sent = bytes(data) if isinstance(data, bytes | bytearray | memoryview) else b""
    return {"text": sent[:LONGEST_TEXT].decode("latin-1"), "bytes": len(sent)}


def _sent(args: tuple[Any, ...], _result: Any) -> dict[str, Any]:
    return _message(args[0] if args else b"")


def _received(_args: tuple[Any, ...], result: Any) -> dict[str, Any]:
    return _message(result[0] if result else b"")


def _value(_args: tuple[Any, ...], result: Any) -> dict[str, Any]:
    return {"text": str(result[0]) if result else ""}


def _arguments(args: tuple[Any, ...], _result: Any) -> dict[str, Any]:
    return {"text": ", ".join(str(getattr(value, "name", value)) for value in args)}


_DETAILS: dict[str, Callable[[tuple[Any, ...], Any], dict[str, Any]]] = {
    "write": _sent,
    "buffer_write": _sent,
    "write_asynchronously": _sent,
    "gpib_command": _sent,
    "read": _received,
    "buffer_read": _received,
    "read_stb": _value,
    "usb_control_in": _received,
    "close": lambda _args, _result: {},
    "open": lambda _args, _result: {},
}
