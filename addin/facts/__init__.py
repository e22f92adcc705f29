"""What is known about each slip, as columns, stage by stage: the rules read these and nothing else.

Imports domain and the shapes of tables; knows no rule, no verdict text and no workbook.
"""
