"""Merges of branches: conflicts and their resolutions, rules that are checked, reverts.

merging.py is the beginning: it merges two branches in one transaction.
"""
