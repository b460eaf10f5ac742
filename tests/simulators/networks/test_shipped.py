import pytest
import torch

from dwmtj.simulators.networks.data.image_batches import accuracy, on_device
from dwmtj.simulators.networks.data.images import load_images
from dwmtj.simulators.networks.resnet.pretrained import RESNET20
from dwmtj.simulators.networks.resnet.weights_file import load_weights


@pytest.mark.usefixtures("real_data")
def test_the_weights_that_come_along_read_as_many_images_as_they_say() -> None:
    """On 2,000 of the 10,000 images: five standard deviations, false alarms below one in 10⁶."""
    trained = load_weights(RESNET20)
    images = load_images("cifar-100")
    some = on_device(images.test_images[:2000], images.test_labels[:2000], torch.device("cpu"))
    stated = trained.about["test_accuracy"]
    assert stated >= 0.64
    assert abs(accuracy(trained.network, some) - stated) < 5 * (stated * (1 - stated) / 2000) ** 0.5
