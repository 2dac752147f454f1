"""One module a figure; each draws a table that was computed elsewhere and writes that table beside it."""
