from .application.apply import ApplicationStudy, apply_device
from .array_training.plan import plan_training
from .array_training.settings import TrainingSettings
from .array_training.train import train_array
from .array_training.twin_bench import twin_bench
from .comparison.compare import compare_technologies, find_technologies
from .comparison.study import ComparisonConfiguration
from .crossbar import from_analog, to_analog
from .crossbar.line_resistance import LineResistance
from .data.images import DataSetName, Images, load_images
from .errors import NetworkError
from .extra import require_learning
from .inference.cifar100 import InferenceStudy, infer_cifar100
from .inference.task import DeviceMapping
from .neuron_network.learn import learn_ann
from .neuron_network.study import AnnConfiguration
from .programming.array import plan_array, program_array
from .programming.cifar100 import ProgrammingStudy, program_cifar100
from .progress import no_progress, progress_bar
from .resnet.cifar100 import ResnetStudy, learn_cifar100
from .stream_learning.learn import StreamStudy, learn_stream
from .stream_learning.settings import StreamSetup

__all__ = [
    "AnnConfiguration",
    "ApplicationStudy",
    "ComparisonConfiguration",
    "DataSetName",
    "DeviceMapping",
    "Images",
    "InferenceStudy",
    "LineResistance",
    "NetworkError",
    "ProgrammingStudy",
    "ResnetStudy",
    "StreamSetup",
    "StreamStudy",
    "TrainingSettings",
    "apply_device",
    "compare_technologies",
    "find_technologies",
    "from_analog",
    "infer_cifar100",
    "learn_ann",
    "learn_cifar100",
    "learn_stream",
    "load_images",
    "no_progress",
    "plan_array",
    "plan_training",
    "program_array",
    "program_cifar100",
    "progress_bar",
    "require_learning",
    "to_analog",
    "train_array",
    "twin_bench",
]
