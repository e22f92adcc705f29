"""The invented sample month and the program that writes it. Imports nothing of ``addin``."""
