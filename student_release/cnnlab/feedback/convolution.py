"""What well-known mistakes in q1 and q2 return on given inputs: sentence → result.

A check compares a wrong answer with these results and names the mistake that agrees. Every
image is [H, W], every kernel [kh, kw], every result float64.
"""

from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.feedback.compare import Mistakes
from cnnlab.feedback.on_demand import on_demand
from cnnlab.feedback.values import as_float64, kind

NON_SQUARE_HINT = (
    "Image and kernel need not be square: "
    "count rows with shape[0] and columns with shape[1], in the image and in the kernel"
)
NEGATIVE_STEP_HINT = "Slices of a tensor cannot run backwards ([::-1]); torch.flip can"


def cross_correlation(
    image: torch.Tensor, kernel: torch.Tensor, stride: int = 1, padding: int = 0
) -> torch.Tensor:
    """The oracle: torch's own cross-correlation, in float64."""
    image, kernel = image.double(), kernel.double()
    return functional.conv2d(image[None, None], kernel[None, None], None, stride, padding)[0, 0]


def true_convolution(image: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """The oracle of q2: cross-correlation with the kernel flipped along both axes."""
    return cross_correlation(image, kernel.flip(0, 1))


def windows(
    image: torch.Tensor, size: Sequence[int], stride: Sequence[int] = (1, 1)
) -> torch.Tensor:
    """All windows of `size` [kh, kw] that fit in `image` [H, W]: [H', W', kh, kw]."""
    return image.double().unfold(0, size[0], stride[0]).unfold(1, size[1], stride[1])


@on_demand
def cross_correlation_mistakes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Mistakes of q1, whose right answer is the cross-correlation without padding."""
    return {
        "your kernel is flipped: that is true convolution; here cross-correlation is asked, "
        "with the kernel as it stands": true_convolution(image, kernel),
        "the rows of your kernel stand in reverse order; here cross-correlation is asked, "
        "with the kernel as it stands": cross_correlation(image, kernel.flip(0)),
        "the columns of your kernel stand in reverse order; here cross-correlation is asked, "
        "with the kernel as it stands": cross_correlation(image, kernel.flip(1)),
        **_wrong_sums(image, kernel),
        **_wrong_windows(image, kernel),
        **_wrong_sizes(image, kernel),
        **_rescaled_images(image, kernel),
    }


@on_demand
def true_convolution_mistakes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Mistakes of q2, whose right answer flips the kernel along both axes."""
    one_axis = "the kernel is flipped along one axis only: {}. True convolution flips both axes"
    flipped = kernel.flip(0, 1)
    return {
        "the kernel is not flipped: that is the cross-correlation of q1": cross_correlation(
            image, kernel
        ),
        one_axis.format("its rows change places"): cross_correlation(image, kernel.flip(0)),
        one_axis.format("its columns change places"): cross_correlation(image, kernel.flip(1)),
        "the kernel is negated, not flipped: that happens to agree for the kernel of the "
        "example, and for few others": cross_correlation(image, -kernel),
        "the image is flipped instead of the kernel, so the result comes out turned by half a "
        "turn": cross_correlation(image.flip(0, 1), kernel),
        "image and kernel are both flipped: flip the kernel only": cross_correlation(
            image.flip(0, 1), flipped
        ),
        **_turned_kernels(image, kernel),
        **_wrong_sums(image, flipped),
        **_wrong_windows(image, flipped),
        **_wrong_sizes(image, flipped),
    }


def _turned_kernels(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """A kernel turned by a quarter fits under the same windows only if it is square."""
    if kernel.shape[0] != kernel.shape[1]:
        return {}
    return {
        "the kernel is transposed, not flipped": cross_correlation(image, kernel.T),
        "the kernel is turned by a quarter turn; flipping both axes is half a turn": [
            cross_correlation(image, kernel.rot90(turns)) for turns in (1, -1)
        ],
    }


def _wrong_sums(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right windows, but not the sum of the products."""
    views = windows(image, kernel.shape)
    products = views * kernel
    as_matrices = views @ kernel.double() if kernel.shape[0] == kernel.shape[1] else None
    return {
        "window and kernel are multiplied as matrices (`@`, matmul): multiply them element by "
        "element, then add up": []
        if as_matrices is None
        else [as_matrices.sum((-1, -2)), as_matrices[..., 0, 0], as_matrices.amax((-1, -2))],
        "you take the mean of the products; their sum is asked": products.mean((-1, -2)),
        "you take the largest product; the sum of the products is asked": products.amax((-1, -2)),
        "only the first column of the kernel is used": products[..., 0].sum(-1),
        "only the first row of the kernel is used": products[..., 0, :].sum(-1),
        "the pixels are added up without the kernel": views.sum((-1, -2)),
        "the products are added up over one axis only: one number for each window is asked": [
            products.sum(-1),
            products.sum(-2),
        ],
    }


def _wrong_windows(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right sums, but of windows in the wrong places."""
    right = cross_correlation(image, kernel)
    return {
        "the window moves down but never to the right: the column index is ignored": right[
            :, :1
        ].expand_as(right),
        "the window moves to the right but never down: the row index is ignored": right[
            :1
        ].expand_as(right),
        "the window jumps two pixels at a time; it must move by one": right[::2, ::2],
    }


def _wrong_sizes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Results that are square, too short, too long or as large as the image."""
    right = cross_correlation(image, kernel)
    side = min(right.shape)
    short = "the result is short by one: there are H - kh + 1 rows and W - kw + 1 columns, because "
    short += "a window that just touches the border still fits"
    same = "the result is as large as the image, with windows that reach over its border: only "
    same += "windows that lie inside the image count"
    return {
        "the height is used for the width too: the result is square although the image is not. "
        "Columns are counted by shape[1]": right[:side, :side],
        short: [right[:-1, :-1], right[:-1], right[:, :-1]],
        "the last row or column of the result is never filled: a loop stops too early": [
            functional.pad(right[:-1], (0, 0, 0, 1)),
            functional.pad(right[:, :-1], (0, 1)),
            functional.pad(right[:-1, :-1], (0, 1, 0, 1)),
        ],
        "the result is too long by one row and one column": functional.pad(right, (0, 1, 0, 1)),
        same: _same_size(image, kernel),
    }


def _same_size(image: torch.Tensor, kernel: torch.Tensor) -> list[torch.Tensor]:
    """Windows that start at every pixel, or are centred on it; outside counts as 0."""
    rows, columns = kernel.shape
    below = (0, columns - 1, 0, rows - 1)
    around = ((columns - 1) // 2, columns // 2, (rows - 1) // 2, rows // 2)
    return [cross_correlation(functional.pad(image, pad), kernel) for pad in (below, around)]


def _rescaled_images(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Images whose brightness is normalised before the sum."""
    image = image.double()
    if image.numel() < 2:
        return {}
    centred, darkest = image - image.mean(), image.min()
    rescaled = [
        centred,
        centred / image.std(),
        centred / (image.std() + 1e-5),
        centred / image.std(unbiased=False),
        image / image.max(),
        image / image.abs().max(),
        image / 255,
        (image - darkest) / (image.max() - darkest),
    ]
    return {
        "the image is rescaled first (by its mean, its spread or its maximum): use the pixels as "
        "they are": [cross_correlation(other, kernel) for other in rescaled]
    }


def row_problem(row: object) -> str | None:
    """Is `predicted_row` of q2 a row of three numbers? Does not look at which numbers."""
    if row is None or row is Ellipsis:
        return "q2: predicted_row is not there yet. Assign a list of three numbers to it."
    numbers = row_numbers(row)
    if numbers is None:
        return f"q2: predicted_row is {kind(row)}; a list of three numbers is expected."
    if len(numbers) != 3:
        return f"q2: predicted_row has {len(numbers)} entries; a row of the result has three."
    return None


def row_numbers(row: object) -> list[float] | None:
    """The numbers of a list, tuple, tensor or array with one dimension; None for others."""
    if type(row) in (list, tuple):
        entries = [as_float64(entry) for entry in row]  # pyright: ignore[reportGeneralTypeIssues]
        if any(entry is None or entry.numel() != 1 for entry in entries):
            return None
        return [float(entry) for entry in entries if entry is not None]
    tensor = as_float64(row)
    return tensor.tolist() if tensor is not None and tensor.dim() == 1 else None
