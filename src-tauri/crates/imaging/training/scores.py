"""Fits how likely the best text of a row is right: logistic regression on what the reader tells of itself.

    GENERATOR scores 100000 1600 | /usr/bin/python3 scores.py

Prints the weights for `src/reading/pool.rs`, and how often what was said to be likely was right. Rows of pictures
without a display count more: there are more walls than displays in the world, and a reading made up is the worse fault.
"""

import sys

import numpy as np

OF_NONE = 3.0
RIDGE = 0.5
MANY = 5
BOUNDS = (0.0, 0.05, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.01)


def evidence(share, found, signs):
    share = min(max(share, 1e-3), 0.999)
    return [1.0, np.log(share / (1.0 - share)), found, min(signs, MANY)]


def fitted(told, is_right, counts):
    weights = np.zeros(told.shape[1])
    ridge = RIDGE * np.diag([1e-3] + [1.0] * (told.shape[1] - 1))
    for _ in range(60):
        said = 1.0 / (1.0 + np.exp(-told @ weights))
        slope = (told * (counts * said * (1.0 - said))[:, None]).T @ told + ridge
        weights += np.linalg.solve(slope, told.T @ (counts * (is_right - said)) - ridge @ weights)
    return weights


def main():
    rows = [line.split() for line in sys.stdin]
    kinds = np.array([row[0] for row in rows])
    is_right = np.array([float(row[1]) for row in rows])
    told = np.array([evidence(float(share), float(found), int(signs)) for _, _, share, found, signs in rows])
    is_none = kinds == "none"
    weights = fitted(told, is_right, np.where(is_none, OF_NONE, 1.0))
    print("weights", np.round(weights, 3).tolist())
    said = 1.0 / (1.0 + np.exp(-told @ weights))
    print(f"{len(rows)} rows, {is_none.sum()} of them without a display: {(is_none & (said >= 0.3)).sum()} of those likely")
    for low, high in zip(BOUNDS, BOUNDS[1:]):
        inside = (said >= low) & (said < high) & ~is_none
        if inside.any():
            print(f"said {low:.2f} to {min(high, 1.0):.2f}: {inside.sum()} rows, right {100 * is_right[inside].mean():.1f} %")


if __name__ == "__main__":
    main()
