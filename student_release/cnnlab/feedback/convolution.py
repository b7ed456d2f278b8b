"""What well-known mistakes in q1 and q2 return on given inputs: sentence → result.

A check compares a wrong answer with these results and names the mistake that agrees. Every
image is [H, W], every kernel [kh, kw], every result float64.
"""

from collections.abc import Sequence
from itertools import product

import torch

from cnnlab.checks import RAISES, Case, Mistakes
from cnnlab.feedback.sliding import cross_correlation, windows, wrong_sizes, wrong_windows
from cnnlab.probes import observe_strided
from labkit.diagnosis import Cause
from labkit.words import with_article


def true_convolution(image: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
    """The oracle of q2: cross-correlation with the kernel flipped along both axes."""
    return cross_correlation(image, kernel.flip(0, 1))


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
        **_turned_kernels(image, kernel, "it stays as it stands"),
        **_wrong_sums(image, kernel),
        **wrong_windows(image, kernel),
        **wrong_sizes(image, kernel),
        **_rescaled_images(image, kernel),
    }


def true_convolution_mistakes(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Mistakes of q2, whose right answer flips the kernel along both axes."""
    one_axis = "the kernel is flipped along one axis only: {}. True convolution flips both axes"
    flipped, plain = kernel.flip(0, 1), cross_correlation(image, kernel)
    return {
        Cause("not_flipped", "the kernel is not flipped: that is the cross-correlation of q1"): (
            plain
        ),
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
        ): -plain,
        Cause(
            "half_turned",
            "the result comes out turned by half a turn: flip the kernel, not the image, and leave"
            " the result as it is",
        ): cross_correlation(image.flip(0, 1), kernel),
        Cause(
            "both_flipped",
            "the result of cross-correlation is flipped, or image and kernel are both flipped,"
            " which gives the same: flip the kernel only",
        ): [plain.flip(0, 1), plain.flip(0), plain.flip(1)],
        Cause(
            "kernel_returned",
            "the kernel itself comes back: that is right for a single white pixel only",
        ): kernel.double(),
        **_half_flipped(image, kernel),
        **_turned_kernels(image, kernel, "flipping both axes is half a turn"),
        **_wrong_sums(image, flipped),
        **wrong_windows(image, flipped),
        **wrong_sizes(image, flipped),
    }


def _half_flipped(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Slips on the way to the flipped kernel, or to the flipped indices."""
    alike, outer = kernel.clone(), kernel.clone()
    alike[0] = alike[-1]
    alike[:, 0] = alike[:, -1]
    outer[[0, -1]] = outer[[-1, 0]]
    outer[:, [0, -1]] = outer[:, [-1, 0]]
    rows, columns = cross_correlation(image, kernel).shape
    places = product(*map(range, kernel.shape))
    wrapped = sum(image.roll(place, (0, 1)).double() * kernel[place] for place in places)
    return {
        Cause(
            "last_is_minus_1",
            "kernel[-i, -j] is kernel[0, 0] for i = j = 0: from the end, places count from -1 on",
        ): cross_correlation(image, kernel.flip(0, 1).roll((1, 1), (0, 1))),
        Cause(
            "image_wraps",
            "image[i - a, j - b] leaves the image on the left and above, and negative places count"
            " from its end: the windows begin at kh - 1 and kw - 1",
        ): wrapped[:rows, :columns] if isinstance(wrapped, torch.Tensor) else [],
        Cause(
            "swapped_without_copy",
            "the outer rows or columns of the kernel are alike: a row that is written over is gone,"
            " unless it was copied (`clone`)",
        ): cross_correlation(image, alike),
        Cause(
            "outer_flipped_only",
            "only the outer rows and columns of the kernel change places: all of them run"
            " backwards, also in larger kernels",
        ): cross_correlation(image, outer),
    }


def _turned_kernels(image: torch.Tensor, kernel: torch.Tensor, asked: str) -> Mistakes:
    """A kernel turned by a quarter; it may be larger than an image that the kernel fits in."""
    if kernel.shape[0] > image.shape[1] or kernel.shape[1] > image.shape[0]:
        return {}
    quarter = Cause("quarter_turn", f"the kernel is turned by a quarter turn; {asked}")
    return {
        Cause("kernel_transposed", f"the kernel is transposed; {asked}"): [
            cross_correlation(image, kernel.T),
            cross_correlation(image, kernel.T.flip(0, 1)),
        ],
        quarter: [cross_correlation(image, kernel.rot90(turns)) for turns in (1, -1)],
    }


def _wrong_sums(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """The right windows, but not the sum of the products."""
    kernel = kernel.double()
    views = windows(image, kernel.shape)
    products = views * kernel
    right = products.sum((-1, -2))
    square = kernel.shape[0] == kernel.shape[1]
    as_matrices = views @ (kernel if square else kernel.T)
    return {
        Cause(
            "matrix_product",
            "window and kernel are multiplied as matrices (`@`, matmul): multiply them element by "
            "element, then add up",
        ): [
            as_matrices.sum((-1, -2)),
            as_matrices[..., 0, 0],
            as_matrices.amax((-1, -2)),
            *([] if square else [RAISES]),
        ],
        Cause("mean_of_products", "you take the mean of the products; their sum is asked"): (
            products.mean((-1, -2))
        ),
        Cause("largest_product", "you take the largest product; the sum of all is asked"): (
            products.amax((-1, -2))
        ),
        Cause("smallest_product", "you take the smallest product; the sum of all is asked"): (
            products.amin((-1, -2))
        ),
        Cause("first_kernel_column", "only the first column of the kernel is used"): (
            products[..., 0].sum(-1)
        ),
        Cause("first_kernel_row", "only the first row of the kernel is used"): (
            products[..., 0, :].sum(-1)
        ),
        Cause(
            "last_product_only",
            "only the last product of every window is left, or its last row or column: add up"
            " (`+=`) instead of overwriting",
        ): [products[..., -1, -1], products[..., -1].sum(-1), products[..., -1, :].sum(-1)],
        Cause("first_product_only", "only the first product of every window is used: add up all"): (
            products[..., 0, 0]
        ),
        Cause(
            "diagonal_only", "only the products on the diagonal are added up: all of them count"
        ): products.diagonal(dim1=-2, dim2=-1).sum(-1),
        Cause("kernel_unused", "the pixels are added up without the kernel"): views.sum((-1, -2)),
        Cause("kernel_added", "kernel and window are added to each other: multiply them"): (
            (views + kernel).sum((-1, -2))
        ),
        Cause(
            "kernel_subtracted", "kernel and window are subtracted from each other: multiply them"
        ): [(views - kernel).sum((-1, -2)), (kernel - views).sum((-1, -2))],
        Cause("summed_first", "window and kernel are summed up before they are multiplied"): (
            views.sum((-1, -2)) * kernel.sum()
        ),
        Cause("products_squared", "the products are squared before they are added up"): (
            products.square().sum((-1, -2))
        ),
        Cause("products_abs", "the products lose their signs before they are added up"): (
            products.abs().sum((-1, -2))
        ),
        Cause("products_multiplied", "the products are multiplied; their sum is asked"): (
            products.prod(-1).prod(-1)
        ),
        Cause(
            "not_reset",
            "the sum is not set back to 0 for each window: it goes on from window to window",
        ): [right.reshape(-1).cumsum(0).reshape(right.shape), right.cumsum(1)],
        Cause("clipped", "negative sums are set to 0: ReLU comes later"): right.clamp(min=0),
        Cause(
            "one_axis_summed",
            "the products are added up over one axis only: one number for each window is asked",
        ): [products.sum(-1), products.sum(-2)],
        Cause("not_summed", "the products are not added up: the result has axes too many"): [
            products,
            right if kernel.numel() == 1 else RAISES,
        ],
    }


def _rescaled_images(image: torch.Tensor, kernel: torch.Tensor) -> Mistakes:
    """Images whose brightness, or kernels whose sum, is normalised."""
    image, kernel = image.double(), kernel.double()
    right = cross_correlation(image, kernel)
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
        ): [cross_correlation(other, kernel) for other in rescaled],
        Cause(
            "kernel_rescaled",
            "the sums are divided by a size of the kernel (its sum, or its sum without signs): use"
            " the kernel as it is",
        ): [right / total for total in (kernel.sum(), kernel.abs().sum()) if total],
    }


def convolution_cases(
    random: torch.Generator, sizes: Sequence[tuple[int, int, int, int]]
) -> list[Case]:
    """A case of random numbers for each (height, width, kernel's rows, kernel's columns)."""
    return [
        Case(
            f"{with_article(height)}×{width} image and {with_article(rows)}×{columns} kernel"
            " of random numbers",
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
