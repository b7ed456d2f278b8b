"""Wrong numbers that students really reach in q3, q4, q9 and q16, each with its cause.

Only wrong numbers stand here. Where a cause is a change to the right number (the batch counted in,
a bias forgotten), `cnnlab.feedback.shapes` computes it from the right number that a check hands
over, so that these tables give no answer away.
"""

from collections.abc import Mapping

_SIDE = "that is a side of one image or feature map; the layer receives every number of every map"

FLATTENED_SIZES: Mapping[int, str] = {
    8: "that is the number of channels after conv1, without their pixels",
    10: "that is what fc puts out, one number for each digit, not what it receives",
    11: _SIDE,
    12: _SIDE,
    13: _SIDE,
    14: _SIDE,
    16: "that is the number of channels after conv2, without their pixels",
    24: _SIDE,
    26: _SIDE,
    28: _SIDE,
    64: "that is the batch size (or 8·8): the batch is no part of one image's features",
    128: "that is 8·16, channels times channels: conv2 gives 16 channels, each with its pixels",
    144: "that is 12·12, one channel and one pool only",
    256: "that is 4·4·16: one shrink too many, or kernels of 5×5 instead of 3×3",
    392: "that is 8·7·7, the size with padding=1 and the channels of conv1",
    484: "that is 22·22: one channel, and a shrink by 6 instead of pooling",
    576: "that is 6·6·16 (or 24·24), rounded up: a pool drops an odd last row and column",
    784: "that is 7·7·16, the size with padding=1 (or 28·28, the image itself)",
    968: "that is 11·11·8: the second pool is missing, and so are half of the channels",
    1152: "that is 12·12·8: one pool only, and half of the channels",
    1600: "that is 10·10·16, but no feature map here has sides of 10",
    1936: "that is 11·11·16: the second pool is missing",
    2304: "that is 12·12·16, the size with one pool at the end; here each convolution has its own",
    3136: "that is 14·14·16: padding=1 was assumed, and one pool is missing",
    4608: "that is 24·24·8: no pool, and half of the channels",
    6400: "that is 16·20·20: four convolutions and no pool",
    9216: "that is 24·24·16, the size without pooling; each 2×2 pool halves, rounding down",
}
"""fc's input features in SimpleCNN, which pools after each convolution (q3, and the fc of q8)."""

PARAMETER_TOTALS: Mapping[int, str] = {
    0: "no parameter was counted: is a `requires_grad` filter the wrong way round?",
    3: "that is the number of layers with parameters, not of the numbers in them",
    6: "that is the number of parameter tensors, not of the numbers in them",
    34: "these are the biases alone: the weights are missing",
    80: "that is conv1 alone",
    1168: "that is conv2 alone",
    1240: "these are the convolutions only, and with too few biases for conv2",
    1248: "these are the convolutions only: fc is missing",
    5120: "that is conv1 times the batch of 64: the batch is not part of any weight",
    7850: "that is a linear model on 28·28 pixels, without any convolution",
    24298: "that is the count with fc on 2304 features, the size with one pool",
    93418: "that is the count with fc on 9216 features, the size without pooling",
}
"""Parameter counts of SimpleCNN that do not depend on the right one (q9)."""

PARAMETER_DIFFERENCES: Mapping[int, str] = {
    -1248: "that is fc alone: the convolutions are missing",
    -1024: "conv2's kernels have 3·3 weights for each input channel, not one",
    -1008: "conv2's filters span all 8 input channels: its weight has 16·8·3·3 numbers",
    -64: "conv1's kernels have 3·3 weights, not one",
    -48: "a 3×3 kernel has 9 weights: 3 were counted in conv1",
    -34: "the biases of conv1, conv2 and fc are missing",
    -26: "the biases of conv2 and fc are missing",
    -24: "the biases of conv1 and conv2 are missing",
    -18: "the biases of conv1 and fc are missing",
    -16: "the biases of conv2 are missing",
    -10: "the biases of fc are missing",
    -8: "the biases of conv1 are missing",
    2: "a pooling layer has nothing to learn: it has no parameters",
    10: "a bias belongs to an output, not to an input: one layer has 10 too many",
    48: "the model has no batch normalisation: 48 parameters too many",
    112: "one bias for each filter, not for each of its kernels: conv2 has 16",
    128: "one bias for each filter, not for each of its kernels: conv2 has 16",
    2048: "conv2's kernels are 3×3, not 5×5",
    43414: "conv1 shares its weights: one filter serves every place of the image",
}
"""Count of q9 minus the right one, with its cause."""

RECEPTIVE_FIELDS: Mapping[int, str] = {
    1: "that is a single pixel: every kernel wider than 1 widens the field",
    5: "that is two 3×3 convolutions without any pool",
    6: "that is two 3×3 kernels side by side: strides and the last pool are left out",
    7: "the strides are left out: after a pool, one step is two pixels of the image",
    9: "that is 3·3: receptive fields do not multiply, they grow by (kernel - 1) steps",
    13: "that is the side of a feature map; or a layer's own stride was counted for the layer "
    "itself, where it only counts from the next layer on",
    14: "that is half of the image's side: it says nothing about what one unit sees",
    20: "the last pool's jump was doubled: its stride only counts from the next layer on",
    22: "that multiplies all strides: add (kernel - 1) times the jump so far, layer by layer",
    24: "that is the side of a feature map without pooling, not what one unit sees",
    25: "that is the number of pixels in a feature map, not what one unit sees",
    28: "that is the side of the whole image: one unit of this small network sees less",
}
"""Receptive field of SimpleCNN's last unit (q16); no more than the image can be seen."""
