"""Optuna's samplers look for the best spread: a trial is the mean loss of a number of trainings."""

import optuna

optuna.logging.set_verbosity(optuna.logging.WARNING)


def run(objective, ends, trials, sampler, seed):
    """The spread of the best trial.

    Args:
        objective: a function of the spread that gives the mean loss to be made low.
        ends: the lowest spread and the highest.
        trials: how many.
        sampler: "tpe" (tree-structured Parzen estimator) or "gp" (Gaussian process; it needs PyTorch).
        seed: of the sampler.

    Raises:
        ImportError: the sampler's library is missing.
    """
    sampling = {"tpe": optuna.samplers.TPESampler, "gp": optuna.samplers.GPSampler}[sampler](seed=seed)
    study = optuna.create_study(sampler=sampling)
    study.optimize(lambda trial: objective(trial.suggest_float("spread", *ends, log=True)), n_trials=trials)
    return study.best_params["spread"]
