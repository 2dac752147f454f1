"""From a store to tables: a row a point, a row a training, and what the figures are drawn from."""

from analysis.tables.tables import Tables, coordinates, make_tables

__all__ = ["Tables", "coordinates", "make_tables"]
