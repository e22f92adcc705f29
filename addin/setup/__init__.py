"""The add-in on a Windows machine: put there without administrator rights, taken away, examined.

Standard library only, for the installer runs before any package is there.
"""
