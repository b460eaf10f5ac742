"""Bytes from a controller, cut into program messages: newlines and END close them.

A definite-length block (`#15hello`) may contain any byte, newlines too.
"""

import re
from dataclasses import dataclass

LONGEST_MESSAGE = 1 << 20
_SHORT = 256
_BLOCK = re.compile(rb"#([1-9])")


@dataclass(slots=True)
class MessageBuffer:
    """What has come of a message that is not complete; one of more than 1 MiB is discarded.

    `overrun` becomes True when that happens, until whoever reports it sets it back.
    """

    overrun: bool = False
    _waiting: bytes = b""
    _discarding: bool = False

    def take(self, data: bytes, *, end: bool) -> list[bytes]:
        """Return the messages that these bytes complete, without their terminators.

        `end` closes the last one, as END does on a message bus.
        """
        if end and not self._waiting and not self._discarding and _is_simple(data):
            return [data.rstrip(b"\r\n")]
        if self._waiting:
            data, self._waiting = self._waiting + data, b""
        if self._discarding:
            newline = data.find(b"\n")
            self._discarding = newline < 0 and not end
            data = b"" if newline < 0 else data[newline + 1 :]
        messages, start = [], 0
        while start < len(data):
            length = _message_length(data, start)
            if not length and not end:
                break
            message = data[start : start + length] if length else data[start:]
            start += len(message)
            messages.append(message)
        self._keep(data[start:])
        if any(len(message) > LONGEST_MESSAGE for message in messages):
            self.overrun = True
            messages = [message for message in messages if len(message) <= LONGEST_MESSAGE]
        return [_without_terminator(message) for message in messages]

    def clear(self) -> None:
        """Discard what has come of a message."""
        self._waiting = b""
        self._discarding = False

    def _keep(self, rest: bytes) -> None:
        self._waiting = rest if len(rest) <= LONGEST_MESSAGE else b""
        if len(rest) > LONGEST_MESSAGE:
            self._discarding = self.overrun = True


def block_length(text: str) -> int:
    """Return the characters after `#` in a definite-length block (#3100…), 0 if it is none."""
    if len(text) < 2 or not text[1].isdigit() or text[1] == "0":
        return 0
    digits = text[2 : 2 + int(text[1])]
    return 1 + len(digits) + int(digits) if digits.isdigit() else 0


def _is_simple(data: bytes) -> bool:
    """Return True for one short message without a block: the common case, found quickly."""
    return len(data) < _SHORT and b"#" not in data and data.find(b"\n", 0, -1) < 0


def _message_length(data: bytes, start: int) -> int:
    """Return the length of the message at `start` with its newline, 0 while it is incomplete."""
    newline = data.find(b"\n", start)
    if newline < 0 or data.find(b"#", start, newline) < 0:
        return newline + 1 - start if newline >= 0 else 0
    after = _after_blocks(data, start, newline)
    newline = data.find(b"\n", after) if after > newline else newline
    return newline + 1 - start if newline >= 0 else 0


def _after_blocks(data: bytes, start: int, newline: int) -> int:
    """Return where the last block ends that begins before the first newline outside blocks."""
    after = start
    while (mark := _BLOCK.search(data, after)) and mark.start() < newline:
        length = block_length(data[mark.start() : mark.start() + 12].decode("latin-1"))
        after = mark.start() + 1 + max(length, 1)
        if after > newline >= 0:
            newline = data.find(b"\n", after)
    return after


def _without_terminator(message: bytes) -> bytes:
    if b"#" not in message:
        return message.rstrip(b"\r\n")
    after = _after_blocks(message, 0, len(message))
    return message[:after] + message[after:].rstrip(b"\r\n")
