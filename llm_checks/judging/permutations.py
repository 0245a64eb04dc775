"""Differences of means under permutations, by SciPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def exchanged(one: Floats, two: Floats, within: bool, seed: int, permutations: int) -> Floats:
    """The differences of means under permutations, all of them where there are few.

    within: the two are exchanged pair by pair.
    """
    from scipy.stats import permutation_test

    def difference(x: Floats, y: Floats, axis: int) -> Floats:
        return np.asarray(x.mean(axis) - y.mean(axis))

    if len(one) == len(two) == 1:
        # SciPy wants two observations; of one there is one exchange.
        found = one[0] - two[0]
        return np.array([found, -found])
    tested = permutation_test(
        (one, two),
        difference,
        permutation_type="samples" if within else "independent",
        vectorized=True,
        n_resamples=permutations,
        batch=1000,
        rng=np.random.default_rng(seed),
    )
    # The data are a permutation too: so the test is exact at any number of draws.
    return np.append(tested.null_distribution, difference(one, two, 0))


def paired(
    one: Floats, names_one: Sequence[str], two: Floats, names_two: Sequence[str]
) -> tuple[Floats, Floats]:
    """The means of each cluster that both have."""
    left, right = np.asarray(names_one, str), np.asarray(names_two, str)
    both = sorted(set(left.tolist()) & set(right.tolist()))
    return (
        np.array([one[left == name].mean() for name in both]),
        np.array([two[right == name].mean() for name in both]),
    )
