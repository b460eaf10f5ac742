"""Whole runs on the move: into files and back, and from one database into another.

A RunDocument is everything about a run. Its checksum is the same in a database and in a file of any
format, so a copy is compared with its original.
"""
