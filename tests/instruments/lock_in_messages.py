"""What adapters of lock-ins send: a setting, and the question whether it holds."""

Pair = tuple[bytes, bytes | None]


def setting(command: bytes, value: bytes) -> list[Pair]:
    return [(command + b" " + value, None), (command + b"?", value)]
