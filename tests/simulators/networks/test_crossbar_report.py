"""The report of an analogue network: counts by hand, digital parts named, markup escaped."""

import torch
from torch import Tensor, nn

from dwmtj.simulators.networks.crossbar.devices import ConductanceRange
from dwmtj.simulators.networks.crossbar.network import to_analog
from dwmtj.simulators.networks.crossbar.report import report
from dwmtj.simulators.networks.crossbar.settings import LayerSettings

IMAGES = torch.zeros(3, 2, 6, 5)


class Recurrent(nn.Module):
    """A convolution read row by row by an LSTM whose last state is classified."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Conv2d(2, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.memory = nn.LSTM(20, 7, batch_first=True)
        self.classes = nn.Linear(7, 3)

    def forward(self, images: Tensor) -> Tensor:
        maps = torch.relu(self.norm(self.features(images)))
        states, _ = self.memory(maps.transpose(1, 2).flatten(2))
        outputs: Tensor = self.classes(states[:, -1])
        return outputs


def test_a_linear_layer_has_two_devices_and_one_multiply_add_for_each_weight() -> None:
    analog = to_analog(nn.Linear(60, 3), ConductanceRange(), calibration=torch.zeros(5, 60))
    found = report(analog)
    (layer,) = found.layers
    assert (layer.weights, layer.devices, layer.multiply_adds) == (180, 360, 180)
    assert found.devices == analog.device_count
    assert (found.vectors, found.digital_weights, found.digital_multiply_adds) == (3, 0, 0)


def test_a_convolution_uses_its_weights_once_for_every_place_of_its_map() -> None:
    model = nn.Sequential(nn.Conv2d(2, 4, 3, stride=2, groups=2), nn.Flatten(), nn.Linear(16, 5))
    found = report(to_analog(model, ConductanceRange(), calibration=IMAGES))
    convolution, linear = found.layers
    assert convolution.shape == (4, 1, 3, 3)
    assert (convolution.weights, convolution.devices) == (36, 72)
    assert convolution.multiply_adds == 36 * 2 * 2
    assert (linear.weights, linear.multiply_adds) == (80, 80)
    assert found.multiply_adds == 224


def test_an_lstm_is_on_devices_unless_it_is_set_digital_and_shares_are_named() -> None:
    model = Recurrent().eval()
    found = to_analog(model, ConductanceRange(), calibration=IMAGES).report()
    features, inputs, states, classes = found.layers
    assert (features.weights, features.devices, features.multiply_adds) == (72, 144, 72 * 30)
    assert (inputs.name, inputs.shape) == ("memory.weight_ih_l0", (28, 20))
    assert (inputs.devices, inputs.multiply_adds) == (2 * 560, 560 * 6)
    assert (states.devices, states.multiply_adds) == (2 * 196, 196 * 6)
    assert (classes.weights, classes.devices, classes.multiply_adds) == (21, 42, 21)
    assert (found.digital_weights, found.digital_multiply_adds) == (0, 0)

    digital = {"memory": LayerSettings(digital=True)}
    analog = to_analog(model, ConductanceRange(), calibration=IMAGES, settings=digital)
    found = analog.report()
    assert found.devices == 186
    assert found.vectors == 4 + 2 * 28 + 3  # batch norm is folded into the convolution's bias
    assert found.digital_weights == 756 / (72 + 756 + 21)
    assert found.digital_multiply_adds == 4536 / (2160 + 4536 + 21)
    text = repr(analog)
    assert "2 of 4 layers on 186 devices" in text
    assert "89 % of the weights, 67.5 % of the multiply-adds, all 63 biases" in text
    lines = [line for line in text.splitlines() if "memory" in line]
    assert len(lines) == 2
    assert all("LSTM" in line and line.endswith("set digital") for line in lines)


def test_a_network_of_code_that_needs_values_has_its_multiply_adds_counted() -> None:
    class NeedsValues(nn.Linear):
        def forward(self, inputs: Tensor) -> Tensor:
            return super().forward(inputs * float(inputs.sum()))

    found = to_analog(NeedsValues(4, 3), ConductanceRange()).report()
    assert (found.multiply_adds, found.digital_multiply_adds) == (12, 0)


def test_products_without_weights_and_weights_without_products_are_told() -> None:
    class Attending(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.scale = nn.Embedding(9, 8), nn.Parameter(torch.ones(1, 8))
            self.unused = nn.Linear(3, 2, bias=False)
            self.project, self.norm = nn.Linear(8, 8), nn.BatchNorm1d(5)

        def forward(self, words: Tensor) -> Tensor:
            x = self.project(self.words(words)) * self.scale
            outputs: Tensor = self.norm(torch.softmax(x @ x.transpose(1, 2), -1) @ x)
            return outputs

    analog = to_analog(Attending(), ConductanceRange(), example=torch.randint(9, (2, 5)))
    found = analog.report()
    notes = {layer.name: (layer.devices, layer.note) for layer in found.layers}
    assert notes == {
        "words": (0, "looked up"),
        "scale": (0, "used by mul"),
        "unused": (12, "not used by the example"),
        "project": (128, ""),
    }
    assert found.multiply_adds == 5 * 64 + 2 * 5 * 5 * 8
    assert found.digital_multiply_adds == 400 / 720
    assert "Batch norm stays digital: norm (it does not follow a layer directly)." in repr(analog)


def test_a_tied_weight_is_one_row_with_all_its_names_and_the_report_prints_as_the_network() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.words, self.first = nn.Embedding(9, 8), nn.Linear(8, 8)
            self.again, self.scores = self.first, nn.Linear(8, 9, bias=False)
            self.scores.weight = self.words.weight

        def forward(self, words: Tensor) -> Tensor:
            outputs: Tensor = self.scores(self.again(torch.relu(self.first(self.words(words)))))
            return outputs

    analog = to_analog(Tied(), ConductanceRange(), example=torch.randint(9, (2, 5)))
    found = analog.report()
    assert {layer.name: layer.note for layer in found.layers} == {
        "scores": "tied: also words",
        "first": "tied: also again",
    }
    assert str(found) == repr(found) == repr(analog)
    assert "tied: also words" in str(found)
    assert found._repr_html_() == analog._repr_html_()


def test_a_notebook_shows_a_row_for_each_layer_and_no_markup_of_the_model() -> None:
    model = nn.Sequential()
    model.add_module("<b>", nn.Linear(4, 3))
    html = to_analog(model, ConductanceRange(read_std_S=1e-6), 6)._repr_html_()
    assert html.count("<tr>") == 1 + 1
    assert "&lt;b&gt;" in html
    assert "32 levels from 0.94 to 1.1 mS" in html
    assert "read noise σ ≤ 1 µS" in html
