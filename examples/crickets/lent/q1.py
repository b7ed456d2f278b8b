import numpy as np


def predict(x, slope, intercept):
    return np.polyval([slope, intercept], x)
