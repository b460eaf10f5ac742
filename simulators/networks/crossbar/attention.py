"""Attention as products of its weights: what torch computes in one call (Vaswani et al., 2017)."""

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, pad


class OpenAttention(nn.MultiheadAttention):
    """MultiheadAttention whose projections are products that can be read one by one."""

    def forward(
        self,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        key_padding_mask: Tensor | None = None,
        need_weights: bool = True,
        attn_mask: Tensor | None = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> Any:
        """Return outputs and attention weights, as the layer of torch does."""
        is_single = query.dim() == 2
        q, k, v = (
            one[None] if is_single else one if self.batch_first else one.transpose(0, 1)
            for one in (query, key, value)
        )
        q, k, v = self._projected(q, k, v)
        mask = _additive(attn_mask, q)
        if mask is not None and mask.dim() == 3:
            mask = mask.view(-1, self.num_heads, *mask.shape[1:])
        padded = _additive(key_padding_mask, q)
        if padded is not None:
            padded = (padded[None] if is_single else padded)[:, None, None]
            mask = padded if mask is None else mask + padded
        if self.bias_k is not None and self.bias_v is not None:
            k, v = (
                torch.cat([one, bias.expand(len(one), 1, -1)], dim=1)
                for one, bias in ((k, self.bias_k), (v, self.bias_v))
            )
            mask = None if mask is None else pad(mask, (0, 1))
        q, k, v = (
            one.reshape(*one.shape[:2], self.num_heads, self.head_dim).transpose(1, 2)
            for one in (q, k, v)
        )
        if self.add_zero_attn:
            k, v = (pad(one, (0, 0, 0, 1)) for one in (k, v))
            mask = None if mask is None else pad(mask, (0, 1))
        if is_causal and not need_weights and key_padding_mask is None:  # torch ignores the mask
            allowed = torch.ones(q.shape[2], k.shape[2], dtype=torch.bool, device=q.device).tril()
            mask = _additive(~allowed, q)
        scores = q / math.sqrt(self.head_dim) @ k.transpose(-2, -1)
        weights = (scores if mask is None else scores + mask).softmax(dim=-1)
        if self.training and self.dropout:
            weights = nn.functional.dropout(weights, self.dropout)
        outputs = (weights @ v).transpose(1, 2).flatten(2)
        outputs = linear(outputs, self.out_proj.weight, self.out_proj.bias)
        if is_single:
            outputs = outputs[0]
        elif not self.batch_first:
            outputs = outputs.transpose(0, 1)
        if not need_weights:
            return outputs, None
        shown = weights.mean(dim=1) if average_attn_weights else weights
        return outputs, shown[0] if is_single else shown

    def _projected(self, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        size = self.embed_dim
        rows = [slice(place * size, (place + 1) * size) for place in range(3)]
        if self._qkv_same_embed_dim:
            weights = [self.in_proj_weight[part] for part in rows]
        else:
            weights = [self.q_proj_weight, self.k_proj_weight, self.v_proj_weight]
        bias = self.in_proj_bias
        biases = [None if bias is None else bias[part] for part in rows]
        q, k, v = (
            linear(one, weight, own)
            for one, weight, own in zip((q, k, v), weights, biases, strict=True)
        )
        return q, k, v


def _additive(mask: Tensor | None, like: Tensor) -> Tensor | None:
    """Return a mask to add to scores: −∞ where a boolean one is true."""
    if mask is None or mask.dtype != torch.bool:
        return None if mask is None else mask.to(like.dtype)
    return torch.zeros_like(mask, dtype=like.dtype).masked_fill_(mask, -math.inf)
