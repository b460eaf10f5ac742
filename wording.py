"""Words in a sentence that follow a number."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return the number with its noun: "1 run", "2,000 runs"; `plural` where s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
