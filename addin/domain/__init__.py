"""Pure arithmetic and reading of single values. Imports nothing of ours, and no spreadsheet."""
