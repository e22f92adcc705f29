"""Meets the company's own sheets: finds headers, coerces cells, writes results back.

Imported by actions; imports domain and the shape of a grid, never a rule or a report.
"""

import warnings

import pandas as pd

# Texts stay Python objects with None for a blank, beside the tuples of barcodes and phones; pandas
# would else turn some of them into its string type, with NaN, depending on what a month holds.
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the option goes with pandas 4, which pyproject.toml rules out
    pd.set_option("future.infer_string", False)
