"""Questionnaires as spreadsheets: to write an edition in Excel, and to translate one.

Nothing here opens a workbook: reading begins with the sheets' cells, which somebody has read in safety.
"""
