"""The store in one SQLite file, and all that knows SQLite."""
