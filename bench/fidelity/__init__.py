"""The same edit by several libraries over workbooks that people saved, and what each one broke.

``python -m bench.fidelity`` runs it all; docs/fidelity.md says how to read the table. Whatever
judges here reads packages by itself and imports nothing of ``addin``.
"""
