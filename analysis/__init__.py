"""Group, compare and draw what a store holds."""
