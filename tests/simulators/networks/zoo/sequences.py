"""Transformers, mixers, recurrent and temporal networks, networks of points and of pairs."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional


class VisionTransformer(nn.Module):
    """Dosovitskiy et al., ICLR 2021, of torch's own encoder layers."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.token = nn.Parameter(torch.randn(1, 1, width))
        self.position = nn.Parameter(torch.randn(1, 17, width))
        layer = nn.TransformerEncoderLayer(
            width, 4, 32, activation="gelu", batch_first=True, norm_first=True
        )
        self.blocks = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], dim=1) + self.position
        outputs: Tensor = self.head(self.norm(self.blocks(x)[:, 0]))
        return outputs


class WindowAttention(nn.Module):
    """Swin's attention in shifted windows with relative positions (Liu et al., ICCV 2021)."""

    def __init__(self, width: int, heads: int, window: int, shift: int) -> None:
        super().__init__()
        self.heads, self.window, self.shift = heads, window, shift
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 32), nn.GELU(), nn.Linear(32, width))
        self.table = nn.Parameter(torch.randn((2 * window - 1) ** 2, heads))
        at = torch.stack(torch.meshgrid(*[torch.arange(window)] * 2, indexing="ij")).flatten(1)
        relative = (at[:, :, None] - at[:, None, :]).permute(1, 2, 0) + window - 1
        self.register_buffer("index", relative[..., 0] * (2 * window - 1) + relative[..., 1])

    def forward(self, x: Tensor) -> Tensor:
        batch, height, width, channels = x.shape
        w = self.window
        assert height % w == 0 and width % w == 0
        moved = torch.roll(self.norm1(x), (-self.shift, -self.shift), (1, 2))
        windows = moved.view(batch, height // w, w, width // w, w, channels)
        windows = windows.permute(0, 1, 3, 2, 4, 5).reshape(-1, w * w, channels)
        qkv = self.qkv(windows).reshape(len(windows), w * w, 3, self.heads, -1)
        q, k, v = qkv.permute(2, 0, 3, 1, 4)
        bias = self.table[self.get_buffer("index").view(-1)].view(w * w, w * w, -1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]) + bias.permute(2, 0, 1)
        read = (scores.softmax(-1) @ v).transpose(1, 2).reshape(len(windows), w * w, channels)
        read = self.proj(read).view(batch, height // w, width // w, w, w, channels)
        read = read.permute(0, 1, 3, 2, 4, 5).reshape(batch, height, width, channels)
        x = x + torch.roll(read, (self.shift, self.shift), (1, 2))
        outputs: Tensor = x + self.mlp(self.norm2(x))
        return outputs


class Swin(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 16, 2, 2)
        self.blocks = nn.Sequential(WindowAttention(16, 2, 4, 0), WindowAttention(16, 2, 4, 2))
        self.merge, self.head = nn.Linear(64, 16, bias=False), nn.Linear(16, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = self.blocks(self.patches(images).permute(0, 2, 3, 1))
        corners = [x[:, i::2, j::2] for j in (0, 1) for i in (0, 1)]
        outputs: Tensor = self.head(self.merge(torch.cat(corners, -1)).mean((1, 2)))
        return outputs


class MLPMixer(nn.Module):
    """Tolstikhin et al., NeurIPS 2021: linear layers over patches, then over channels."""

    def __init__(self) -> None:
        super().__init__()
        self.patches = nn.Conv2d(3, 12, 4, 4)
        self.norms = nn.ModuleList(nn.LayerNorm(12) for _ in range(2))
        self.tokens = nn.Sequential(nn.Linear(16, 8), nn.GELU(), nn.Linear(8, 16))
        self.channels = nn.Sequential(nn.Linear(12, 24), nn.GELU(), nn.Linear(24, 12))
        self.head = nn.Linear(12, 10)

    def forward(self, images: Tensor) -> Tensor:
        x = self.patches(images).flatten(2).transpose(1, 2)
        x = x + self.tokens(self.norms[0](x).transpose(1, 2)).transpose(1, 2)
        x = x + self.channels(self.norms[1](x))
        outputs: Tensor = self.head(x.mean(1))
        return outputs


class GPT(nn.Module):
    """Radford et al. (2019), one block; the classes' weights are those of the words."""

    def __init__(self, words: int = 20, width: int = 16, length: int = 12) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(words, width), nn.Embedding(length, width)
        self.norm1, self.norm2, self.last = (nn.LayerNorm(width) for _ in range(3))
        self.attention, self.project = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 32), nn.GELU(), nn.Linear(32, width))
        self.head = nn.Linear(width, words, bias=False)
        self.head.weight = self.words.weight

    def forward(self, words: Tensor, targets: Tensor | None = None) -> Any:
        batch, length = words.size()
        assert length <= self.places.num_embeddings, "the sequence is too long"
        x = self.words(words) + self.places(torch.arange(length, device=words.device))
        q, k, v = (
            part.view(batch, length, 4, -1).transpose(1, 2)
            for part in self.attention(self.norm1(x)).split(x.size(-1), dim=2)
        )
        read = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.project(read.transpose(1, 2).contiguous().view(batch, length, -1))
        x = x + self.mlp(self.norm2(x))
        logits = self.head(self.last(x))
        loss = None
        if targets is not None:
            loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        return logits, loss


class RecurrentClassifier(nn.Module):
    """Words through an LSTM or a GRU both ways; its last outputs are classified."""

    def __init__(self, kind: type[nn.LSTM] | type[nn.GRU]) -> None:
        super().__init__()
        self.words = nn.Embedding(30, 8)
        self.memory = kind(8, 10, num_layers=2, batch_first=True, bidirectional=True, dropout=0.2)
        self.classes = nn.Linear(20, 4)

    def forward(self, words: Tensor) -> Tensor:
        states, _ = self.memory(self.words(words))
        outputs: Tensor = self.classes(states[:, -1])
        return outputs


class Temporal(nn.Module):
    """A block of a TCN (Bai et al., arXiv:1803.01271): causal, dilated, weight norm."""

    def __init__(self, inputs: int, outputs: int, dilation: int) -> None:
        super().__init__()
        norm = nn.utils.parametrizations.weight_norm
        self.cut = 2 * dilation
        self.conv1 = norm(nn.Conv1d(inputs, outputs, 3, padding=self.cut, dilation=dilation))
        self.conv2 = norm(nn.Conv1d(outputs, outputs, 3, padding=self.cut, dilation=dilation))
        self.short = nn.Conv1d(inputs, outputs, 1) if inputs != outputs else None

    def forward(self, x: Tensor) -> Tensor:
        out = torch.relu(self.conv1(x)[:, :, : -self.cut])
        out = torch.relu(self.conv2(out)[:, :, : -self.cut])
        return torch.relu(out + (x if self.short is None else self.short(x)))


def tcn() -> nn.Module:
    return nn.Sequential(Temporal(3, 8, 1), Temporal(8, 8, 2), nn.Conv1d(8, 5, 1))


class PointNet(nn.Module):
    """Qi et al., CVPR 2017: the same layers for every point, moved by a transform of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.transform = nn.Sequential(nn.Conv1d(3, 8, 1), nn.BatchNorm1d(8), nn.ReLU())
        self.matrix = nn.Linear(8, 9)
        self.features = nn.Sequential(
            *(nn.Conv1d(3, 8, 1), nn.BatchNorm1d(8), nn.ReLU()),
            *(nn.Conv1d(8, 16, 1), nn.BatchNorm1d(16)),
        )
        self.classes = nn.Sequential(
            nn.Linear(16, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 5)
        )

    def forward(self, points: Tensor) -> Tensor:
        matrix = self.matrix(self.transform(points).amax(2)).view(-1, 3, 3)
        moved = torch.bmm(matrix + torch.eye(3).to(points), points)
        outputs: Tensor = self.classes(self.features(moved).amax(2))
        return outputs


class Siamese(nn.Module):
    """Koch et al. (2015): one network for two images, and their distance."""

    def __init__(self) -> None:
        super().__init__()
        self.features = nn.Sequential(
            *(nn.Conv2d(1, 6, 3, bias=False), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(6, 8, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten()),
        )
        self.same = nn.Linear(32, 1)

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        distance = (self.features(first) - self.features(second)).abs()
        return torch.sigmoid(self.same(distance))
