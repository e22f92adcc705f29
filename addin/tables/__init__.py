"""Meets the company's own sheets: finds headers, coerces cells, writes results back.

Imported by actions; imports domain and the shape of a grid, never a rule or a report.
"""
