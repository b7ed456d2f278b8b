"""What the crickets said: the measurements of the notebook."""

import numpy as np

EVENINGS = 40


def measured():
    """Return chirps a minute and degrees Celsius for forty evenings, as two arrays.

    They are invented: temperatures between 14 and 30 degrees, chirps by Dolbear's rule, and some
    chance, for crickets can't read.
    """
    random = np.random.default_rng(1897)
    temperatures = random.uniform(14, 30, EVENINGS).round(1)
    chirps = (40 + 7.2 * (temperatures - 10) + random.normal(0, 7, EVENINGS)).round()
    return chirps, temperatures
