"""The terms of the effective field, one a file, in plain numpy: equation, source and sign.

Fields are in A/m and have the shape of the magnetisation, (3, nx, ny). `fused` computes the local
ones in one pass; its results are those of the plain ones.
"""
