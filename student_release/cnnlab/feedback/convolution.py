"""What well-known mistakes in q1 and q2 return on given inputs: sentence → result.

A check compares a wrong answer with these results and names the mistake that agrees. Every
image is [H, W], every kernel [kh, kw], every result float64.
"""

from collections.abc import Sequence

import torch
from torch.nn import functional

from cnnlab.checks import RAISES, Case, Mistakes
from cnnlab.diagnosis import Cause
from cnnlab.probes import observe_strided


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


def cross_correlation_mistakes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Mistakes of q1, whose right answer is the cross-correlation without padding."""
    return {
        Cause(
            "kernel_flipped",
            "your kernel is flipped: that is true convolution; here cross-correlation is asked, "
            "with the kernel as it stands",
        ): true_convolution(image, kernel),
        Cause(
            "kernel_rows_flipped",
            "the rows of your kernel stand in reverse order; here cross-correlation is asked, "
            "with the kernel as it stands",
        ): cross_correlation(image, kernel.flip(0)),
        Cause(
            "kernel_columns_flipped",
            "the columns of your kernel stand in reverse order; here cross-correlation is asked, "
            "with the kernel as it stands",
        ): cross_correlation(image, kernel.flip(1)),
        **_wrong_sums(image, kernel),
        **_wrong_windows(image, kernel),
        **_wrong_sizes(image, kernel),
        **_rescaled_images(image, kernel),
    }


def true_convolution_mistakes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Mistakes of q2, whose right answer flips the kernel along both axes."""
    one_axis = "the kernel is flipped along one axis only: {}. True convolution flips both axes"
    flipped = kernel.flip(0, 1)
    return {
        Cause(
            "not_flipped", "the kernel is not flipped: that is the cross-correlation of q1"
        ): cross_correlation(image, kernel),
        Cause("rows_flipped_only", one_axis.format("its rows change places")): cross_correlation(
            image, kernel.flip(0)
        ),
        Cause(
            "columns_flipped_only", one_axis.format("its columns change places")
        ): cross_correlation(image, kernel.flip(1)),
        Cause(
            "kernel_negated",
            "the kernel is negated, not flipped: that happens to agree for the kernel of the "
            "example, and for few others",
        ): cross_correlation(image, -kernel),
        Cause(
            "half_turned",
            "the result comes out turned by half a turn: flip the kernel, not the image and not "
            "the result",
        ): cross_correlation(image.flip(0, 1), kernel),
        Cause(
            "both_flipped", "image and kernel are both flipped: flip the kernel only"
        ): cross_correlation(image.flip(0, 1), flipped),
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
        Cause("kernel_transposed", "the kernel is transposed, not flipped"): cross_correlation(
            image, kernel.T
        ),
        Cause(
            "quarter_turn",
            "the kernel is turned by a quarter turn; flipping both axes is half a turn",
        ): [cross_correlation(image, kernel.rot90(turns)) for turns in (1, -1)],
    }


def _wrong_sums(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right windows, but not the sum of the products."""
    views = windows(image, kernel.shape)
    products = views * kernel
    square = kernel.shape[0] == kernel.shape[1]
    as_matrices = views @ kernel.double() if square else None
    return {
        Cause(
            "matrix_product",
            "window and kernel are multiplied as matrices (`@`, matmul): multiply them element by "
            "element, then add up",
        ): RAISES
        if as_matrices is None
        else [as_matrices.sum((-1, -2)), as_matrices[..., 0, 0], as_matrices.amax((-1, -2))],
        Cause(
            "mean_of_products", "you take the mean of the products; their sum is asked"
        ): products.mean((-1, -2)),
        Cause(
            "largest_product", "you take the largest product; the sum of the products is asked"
        ): products.amax((-1, -2)),
        Cause("first_kernel_column", "only the first column of the kernel is used"): products[
            ..., 0
        ].sum(-1),
        Cause("first_kernel_row", "only the first row of the kernel is used"): products[
            ..., 0, :
        ].sum(-1),
        Cause("kernel_unused", "the pixels are added up without the kernel"): views.sum((-1, -2)),
        Cause(
            "one_axis_summed",
            "the products are added up over one axis only: one number for each window is asked",
        ): [
            products.sum(-1),
            products.sum(-2),
        ],
    }


def _wrong_windows(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right sums, but of windows in the wrong places."""
    right = cross_correlation(image, kernel)
    return {
        Cause(
            "column_index_ignored",
            "the window moves down but never to the right: the column index is ignored",
        ): right[:, :1].expand_as(right),
        Cause(
            "row_index_ignored",
            "the window moves to the right but never down: the row index is ignored",
        ): right[:1].expand_as(right),
        Cause("jumps_two", "the window jumps two pixels at a time; it must move by one"): right[
            ::2, ::2
        ],
    }


def _wrong_sizes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Results that are square, too short, too long or as large as the image."""
    right = cross_correlation(image, kernel)
    short = "the result is short by one: there are H - kh + 1 rows and W - kw + 1 columns, because "
    short += "a window that just touches the border still fits"
    same = "the result is as large as the image, with windows that reach over its border: only "
    same += "windows that lie inside the image count"
    return {
        Cause(
            "height_for_width",
            "the height is used for the width too: the number of columns follows from shape[1], in"
            " the image and in the kernel",
        ): right[:, : len(right)] if len(right) <= right.shape[1] else RAISES,
        Cause(
            "width_for_height",
            "the width is used for the height too: the number of rows follows from shape[0], in the"
            " image and in the kernel",
        ): right[: right.shape[1]] if right.shape[1] <= len(right) else RAISES,
        Cause(
            "rows_for_columns",
            "rows are used for columns, in the image and in the kernel: the number of columns is"
            " shape[1]",
        ): (right[:, : len(right)] if len(right) <= right.shape[1] else RAISES)
        if kernel.shape[0] == kernel.shape[1]
        else RAISES,
        Cause(
            "kernel_rows_for_columns",
            "the kernel's number of rows is used for its columns too: kernel.shape[1] is the number"
            " of columns",
        ): right if kernel.shape[0] == kernel.shape[1] else RAISES,
        Cause("short_by_one", short): [right[:-1, :-1], right[:-1], right[:, :-1]],
        Cause(
            "last_unfilled",
            "the last row or column of the result is never filled: a loop stops too early",
        ): [
            functional.pad(right[:-1], (0, 0, 0, 1)),
            functional.pad(right[:, :-1], (0, 1)),
            functional.pad(right[:-1, :-1], (0, 1, 0, 1)),
        ],
        Cause("too_long", "the result is too long by one row and one column"): functional.pad(
            right, (0, 1, 0, 1)
        ),
        Cause("same_size", same): _same_size(image, kernel),
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
        Cause(
            "image_rescaled",
            "the image is rescaled first (by its mean, its spread or its maximum): use the"
            " pixels as they are",
        ): [cross_correlation(other, kernel) for other in rescaled]
    }


def convolution_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int]]
) -> list[Case]:
    """A case of random numbers for each (height, width, kernel's rows, kernel's columns)."""
    return [
        Case(
            f"a {height}×{width} image and a {rows}×{columns} kernel of random numbers",
            (
                torch.randn(height, width, generator=random),
                torch.randn(rows, columns, generator=random),
            ),
        )
        for height, width, rows, columns in sizes
    ]


def white_pixel(random: torch.Generator) -> list[Case]:
    """A black image with one white pixel, which shows which way round the kernel lies."""
    image = torch.zeros(7, 8)
    image[3, 4] = 1
    words = "a black 7×8 image with one white pixel and a 2×3 kernel"
    return [Case(words, (image, torch.randn(2, 3, generator=random)))]


def number_types(random: torch.Generator) -> list[Case]:
    """Cases of float64, of whole numbers, and with an image that is a slice of a larger one."""
    real = torch.randn(6, 9, generator=random, dtype=torch.float64)
    kernel = torch.randn(3, 2, generator=random, dtype=torch.float64)
    whole = torch.randint(-9, 10, (6, 9), generator=random)
    few = torch.randint(-3, 4, (3, 2), generator=random)
    return [
        Case("a 6×9 image and a 3×2 kernel of float64 numbers", (real, kernel)),
        Case("a 6×9 image and a 3×2 kernel of whole numbers", (whole, few), whole=True),
        Case("a 6×9 image that is a slice of a larger one", (real, kernel), look=observe_strided),
    ]
