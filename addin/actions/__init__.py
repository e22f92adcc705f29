"""What a clerk does, one module each. Reads and writes plain xlwings objects; runs anywhere."""
