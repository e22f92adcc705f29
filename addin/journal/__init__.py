"""What was done: the chained 处理日志 of a company, and the last actions of each workbook."""
