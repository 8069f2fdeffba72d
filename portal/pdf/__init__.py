"""The declaration as a PDF: typeset, signed, verified. The only package that knows pyHanko and typst."""
