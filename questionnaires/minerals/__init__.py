"""Conflict-minerals workbooks, CMRT and EMRT: layout, reading, checks, smelters, roll-up, writing. Plain Python."""
