"""Check that the extra `learning` is installed."""

from importlib.util import find_spec

from .errors import NetworkError


def require_learning() -> None:
    """Raise NetworkError, with the line that installs it, if the extra `learning` is missing."""
    missing = [name for name in ("torch", "pooch", "safetensors") if find_spec(name) is None]
    if missing:
        raise NetworkError(
            f"Learning needs {', '.join(missing)}, not installed here: "
            "install the extra with pip install 'dwmtj[learning]'."
        )
