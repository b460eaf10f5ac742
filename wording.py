"""Words in a sentence: what follows a number, and articles."""


def counted(count: int, noun: str, plural: str = "") -> str:
    """Return the number with its noun: "1 run", "2,000 runs"; `plural` where s is not enough."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"


def with_article(noun: str) -> str:
    """Return the noun after a or an: "a staircase-write", "an adaptive-threshold"."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"
