"""The lesson's pictures. Each shows itself with a description and prints a line that says the same.

Nothing here stops a notebook: where a picture cannot be drawn, a sentence says why.
"""

from cnnlab.plots.convolution import true_and_cross
from cnnlab.plots.kernels import kernel_gallery
from cnnlab.plots.ledger import shape_ledger
from cnnlab.plots.network import feature_maps, filters
from cnnlab.plots.pooling import pooling_demo
from cnnlab.plots.results import confusion_heatmap, learning_curve, most_confident_mistakes
from cnnlab.plots.story import feature_hierarchy, timeline
from cnnlab.plots.windows import filmstrip

__all__ = [
    "confusion_heatmap",
    "feature_hierarchy",
    "feature_maps",
    "filmstrip",
    "filters",
    "kernel_gallery",
    "learning_curve",
    "most_confident_mistakes",
    "pooling_demo",
    "shape_ledger",
    "timeline",
    "true_and_cross",
]
