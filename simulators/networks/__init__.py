"""Networks whose synapses are devices: data sets, training, and what the papers found with them.

This package itself needs no torch; the modules that train do, and `require_learning` says in one
sentence how to install it.
"""

from simulators.networks.datasets import DataSetName, Images, load_images
from simulators.networks.errors import NetworkError
from simulators.networks.extra import require_learning

__all__ = ["DataSetName", "Images", "NetworkError", "load_images", "require_learning"]
