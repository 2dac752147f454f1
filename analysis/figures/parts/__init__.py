"""What the figures are made of: axes, lines, maps, and the words around them."""
