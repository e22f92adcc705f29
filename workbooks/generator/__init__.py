"""Writes an invented settlement month together with what a correct check must say about it.

Nothing here may import ``addin``: the truth has to be independent of the code it judges.
"""
