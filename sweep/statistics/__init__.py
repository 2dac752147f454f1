"""How sure the answer is, and how many more trainings make it surer: estimates, intervals, the minimum, allocation."""
