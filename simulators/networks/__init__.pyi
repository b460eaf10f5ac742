from .crossbar import from_analog, to_analog
from .data.images import DataSetName, Images, load_images
from .errors import NetworkError
from .extra import require_learning

__all__ = [
    "DataSetName",
    "Images",
    "NetworkError",
    "from_analog",
    "load_images",
    "require_learning",
    "to_analog",
]
