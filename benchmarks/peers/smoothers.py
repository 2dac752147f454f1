"""The minimum of a curve through plain means at spreads, as users of statsmodels and scikit-learn would smooth them."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from statsmodels.nonparametric.smoothers_lowess import lowess

FINE = 2000
"""Spreads at which the smooth curve is looked at."""


def by_lowess(spreads, means, fraction):
    """The lowest point of statsmodels' LOWESS (Cleveland 1979) in log-spread; a local line is fitted to `fraction` of
    the means."""
    fine = np.linspace(*np.log(spreads[[0, -1]]), FINE)
    return float(np.exp(fine[np.argmin(lowess(means, np.log(spreads), frac=fraction, xvals=fine))]))


def by_gaussian_process(spreads, means):
    """The lowest mean of scikit-learn's Gaussian process in log-spread, its scales fitted by maximum likelihood."""
    fine = np.linspace(*np.log(spreads[[0, -1]]), FINE)
    process = GaussianProcessRegressor(RBF() + WhiteKernel(), normalize_y=True, n_restarts_optimizer=2, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # a scale at its bound is an answer here
        process.fit(np.log(spreads)[:, np.newaxis], means)
    return float(np.exp(fine[np.argmin(process.predict(fine[:, np.newaxis]))]))
