"""How data become pixels: views, axes, lines, and pictures that grow."""
