"""The lesson's pictures. Each shows itself with a description and prints a line that says the same.

Nothing here stops a notebook: where a picture cannot be drawn, a sentence says why.
"""

from cnnlab.plots.attention import attention, attention_of_networks
from cnnlab.plots.convolution import true_and_cross
from cnnlab.plots.hierarchy import feature_hierarchy
from cnnlab.plots.history import timeline
from cnnlab.plots.kernels import kernel_gallery
from cnnlab.plots.ledger import shape_ledger
from cnnlab.plots.maps import feature_maps
from cnnlab.plots.patients import clinic
from cnnlab.plots.pooling import pooling_demo
from cnnlab.plots.results import confusion_heatmap, most_confident_mistakes
from cnnlab.plots.weights import filters
from cnnlab.plots.windows import filmstrip
from labkit.notebook.curve import learning_curve

__all__ = [
    "attention",
    "attention_of_networks",
    "clinic",
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
