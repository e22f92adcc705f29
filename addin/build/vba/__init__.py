"""Writes vbaProject.bin from the source of its modules, on any system and without Excel.

``source`` says what a module is, ``compression`` and ``compound`` are the two layers below,
``project`` puts them together. Standard library only; section numbers are those of Microsoft's
open specifications [MS-OVBA] and [MS-CFB].
"""
