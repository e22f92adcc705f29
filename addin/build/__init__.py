"""Makes what ships beside the code from catalogue and rules: blank workbooks, rule handbook.

Nothing imports it at run time; it imports tables, rules and reports, and openpyxl.
"""
