"""One self-contained page about a study: the answer, the figures, the claims, and where they come from."""
