"""
A first forecast
================

From a plan to what it does.
"""

print(1)
