"""What has to be known of PyTorch's tensors. Imported only where PyTorch is."""

from typing import Any

import torch

from labkit.copies import LARGEST, Kind, add

_equal = torch.equal  # taken before a submission can put another in its place


def _copied(value: torch.Tensor) -> torch.Tensor:
    # clone() would make a strided view contiguous.
    same = torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device=value.device)
    return same.copy_(value.detach()).requires_grad_(value.requires_grad)


def _kept(value: torch.Tensor) -> torch.Tensor:
    plain = value.layout is torch.strided and value.numel() <= LARGEST
    return value.clone() if plain else value


def _same(before: torch.Tensor, after: Any) -> bool:
    kind, now = ((t.shape, t.dtype, t.device, t.layout) for t in (before, after))
    if kind != now or before.is_meta or _equal(before, after):
        return kind == now
    # NaN is not equal to itself, but it has not changed.
    return bool((before.eq(after) | (before.isnan() & after.isnan())).all())


def _numbers(value: torch.Tensor) -> Any:
    return value.detach().cpu().to(torch.float64).numpy()


add(Kind(torch.Tensor, _copied, _kept, _same, _numbers))
