"""The guard: a small process that makes a bench safe when the process that owns it is gone.

It is started with every bench of real instruments and holds a plan of plain messages, so that it
needs neither the drivers nor the bench file. While its owner is alive it touches nothing.
"""
