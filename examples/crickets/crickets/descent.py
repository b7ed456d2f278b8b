"""Draw on the feedback page how a student's own `fit` goes downhill; nothing is judged here."""

import math

import numpy as np

from crickets import measured
from labkit.evidence import show_curve
from labkit.probes import observe, probe_each

RATE, STEPS = 0.1, 40


def show_descent(fit):
    """Show the loss of the line that `fit` returns after 0, 1, 2, … steps on the crickets."""
    chirps, temperatures = measured()
    x = (chirps - chirps.mean()) / chirps.std()
    calls = [(observe, (fit, x, temperatures, RATE, steps), {}) for steps in range(STEPS + 1)]
    losses = [_loss(x, temperatures, seen) for seen in probe_each(calls)]
    words = (
        f"Your own fit on the forty evenings, with a rate of {RATE}: the loss of the line after"
        f" each step, from {losses[0]:.4g} before the first one to {losses[-1]:.4g} after {STEPS}."
    )
    named = {"title": "the loss, step by step", "x": "step", "y": "loss"}
    show_curve("descent", losses, words, span=(0, STEPS), **named)


def _loss(x, y, seen):
    """Return the loss of the line that a call gave; NaN, which nobody draws, where it is none."""
    try:
        slope, intercept = map(float, seen["value"])
    except (TypeError, ValueError, OverflowError):
        return math.nan
    with np.errstate(all="ignore"):  # a rate that explodes
        return float(np.square(slope * x + intercept - y).mean())
