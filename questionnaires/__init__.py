"""The language in which questionnaires are written, and the questionnaires themselves; plain Python."""
