"""What is wrong with a supplier file, as sentences; for pages and for the command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from portal.services.import_columns import Problem
from portal.services.import_reading import ImportFileError


def N_(sentence: str) -> str:  # noqa: N802  the name by which gatherers of texts know a sentence that is translated later
    """Mark a sentence for translation."""
    return sentence


PROBLEMS: Mapping[str, str] = {
    "missing": N_("This must be filled in."),
    "too_long": N_("This is too long: at most %(maximum)s characters."),
    "country_unknown": N_("“%(value)s” is no country. Write its two-letter code, or its name in English or Norwegian."),
    "criticality_unknown": N_("“%(value)s” is not A, B or C."),
    "product_groups_too_long": N_("At most %(count)s groups of %(maximum)s characters each."),
    "supplier_type_unknown": N_("“%(value)s” is neither manufacturer nor reseller."),
    "size_unknown": N_("“%(value)s” is no size: write micro, small, medium or large."),
    "tier_unknown": N_("“%(value)s” is no risk tier: write low, medium or high."),
    "language_unknown": N_("“%(value)s” is not a language that the portal writes in: use en or nb."),
    "yes_or_no_unknown": N_("“%(value)s” is neither yes nor no."),
    "email_invalid": N_("“%(value)s” is not a mail address."),
    "contact_without_email": N_("The contact has a name but no address."),
    "contradicts_row": N_("Row %(row)s says otherwise about the same supplier."),
    "external_id_differs": N_("The supplier is in the register with another external id: %(known)s."),
    "national_id_taken": N_("%(name)s in the register has this number."),
    "ambiguous": N_("%(count)s suppliers in the register fit; give the external id or the national id."),
}
FILE_ERRORS: Mapping[str, str] = {
    "empty": N_("The file is empty."),
    "encoding": N_("The file’s text cannot be read. Save it as “CSV UTF-8” or as an Excel workbook."),
    "not_a_table": N_("The first row has none of the headings that we know. Start from the template."),
    "headings_missing": N_("These columns are missing: %(columns)s."),
    "heading_twice": N_("Two columns mean the same: %(column)s."),
    "too_many_rows": N_("The file has more than %(maximum)s rows. Split it."),
    "old_workbook": N_("The workbook is old or has a password. Save it as .xlsx without a password, or as CSV."),
    "workbook_unreadable": N_("The workbook cannot be read. Save it again as .xlsx, or as CSV."),
    "workbook_too_large": N_("The workbook is too large, or has a filled cell far outside the table. Save it as CSV."),
    "workbook_macros": N_("The workbook has macros. Save it as .xlsx without them."),
    "workbook_unsafe": N_("The workbook has parts that spreadsheet programs do not write. Save it again, or as CSV."),
}


def explain_problem(problem: Problem, translate: Callable[[str], str] = str) -> str:
    """Return what is wrong with a row."""
    return translate(PROBLEMS[problem.code]) % problem.parameters


def explain_file(error: ImportFileError, translate: Callable[[str], str] = str) -> str:
    """Return what is wrong with a whole file."""
    return translate(FILE_ERRORS[error.code]) % error.parameters
