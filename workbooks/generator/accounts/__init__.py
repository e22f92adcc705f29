"""A year of parts and deposit accounts, invented, with its faults and the truth about both."""
