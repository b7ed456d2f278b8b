"""The small package that the lesson's notebook imports: data, pictures, checks' words, probes.

Importing it is cheap: every part that needs torch or matplotlib lives in a module of its own.
"""

__version__ = "0.1.0"
