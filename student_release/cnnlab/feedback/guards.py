"""Wrong guards of `conv_output_size` (q3): they refuse calls for which a window fits."""

from collections.abc import Callable

Guard = Callable[[int, int, int, int], bool]
"""Is the call with n, kernel_size, stride and padding refused?"""

GUARDS: tuple[tuple[str, str, Guard], ...] = (
    (
        "refuses_full_window",
        "it refuses a kernel exactly as wide as the padded side, which fits once: refuse only "
        "what is wider",
        lambda n, k, s, p: n + 2 * p <= k,
    ),
    (
        "refuses_before_padding",
        "it refuses a kernel that is wider than the image, though with padding it fits: compare "
        "with the padded side",
        lambda n, k, s, p: n < k,
    ),
    (
        "refuses_before_padding",
        "it refuses a kernel that is as wide as the image or wider, though with padding it fits: "
        "compare with the padded side",
        lambda n, k, s, p: n <= k,
    ),
    (
        "refuses_half_padding",
        "it refuses a kernel that fits: the padding is on both sides",
        lambda n, k, s, p: n + p < k,
    ),
    (
        "refuses_rest",
        "it refuses sizes where the last window does not end at the edge: the rest is dropped",
        lambda n, k, s, p: (n + 2 * p - k) % s != 0,
    ),
    (
        "refuses_stride",
        "it refuses a stride that is larger than the kernel",
        lambda n, k, s, p: s > k,
    ),
    (
        "refuses_padding",
        "it refuses padding: it must work with any padding",
        lambda n, k, s, p: p > 0,
    ),
    (
        "refuses_stride",
        "it refuses strides larger than 1: it must work with any stride",
        lambda n, k, s, p: s > 1,
    ),
    (
        "refuses_more_than_kernel",
        "it refuses strides larger than 1 and padding: it must work with any",
        lambda n, k, s, p: s > 1 or p > 0,
    ),
    ("refuses_everything", "it refuses every call", lambda n, k, s, p: True),
)
"""Calls that a wrong guard refuses, though a window fits."""
