"""Optuna, a trial a training: the grid as its GridSampler goes through it, or spreads at random."""

import optuna
from optuna.samplers import GridSampler, RandomSampler

optuna.logging.set_verbosity(optuna.logging.WARNING)


def run(objective, spreads, repeats, storage=None, sampler="grid"):
    """Results of the objective over spreads x repeats trials, as the study keeps them.

    Args:
        objective: a function of (hidden_std_dev, repeat).
        spreads: values of hidden_std_dev.
        repeats: trials of each.
        storage: URL of a database; in memory without.
        sampler: "grid", or "random" for as many trials anywhere between the first spread and the last.
    """
    grid = {"hidden_std_dev": list(spreads), "repeat": list(range(repeats))}
    chosen = GridSampler(grid, seed=0) if sampler == "grid" else RandomSampler(seed=0)

    def run_trial(trial):
        spread = trial.suggest_float("hidden_std_dev", spreads[0], spreads[-1], log=True)
        return objective(spread, trial.suggest_int("repeat", 0, repeats - 1))

    study = optuna.create_study(sampler=chosen, storage=storage)
    study.optimize(run_trial, n_trials=len(spreads) * repeats)
    return [(t.params["hidden_std_dev"], t.params["repeat"], t.value) for t in study.get_trials(deepcopy=False)]
