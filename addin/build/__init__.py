"""Makes what ships beside the code: blank workbooks from the field catalogue and the rules.

Nothing imports it at run time; it imports tables, rules and reports, and openpyxl.
"""
