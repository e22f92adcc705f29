"""Makes what ships beside the code: blank workbooks, rule handbook, the file of the add-in.

Workbooks and handbook come from tables, rules and reports, by way of openpyxl. The add-in is
packed with nothing but the standard library.
"""
