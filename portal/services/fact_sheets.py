"""What conditions may know about a supplier: taken from the register when a request is sent, and kept with it."""

from __future__ import annotations

from portal.models import Supplier
from questionnaires.facts import Facts, group_code
from questionnaires.values import Value


def fact_sheet(supplier: Supplier) -> Facts:
    """Return the facts of a supplier (see `questionnaires.fact_types`); what the register does not know is left out."""
    relevant = {True: "yes", False: "no", None: None}[supplier.minerals_relevant]
    facts: dict[str, Value] = {
        "country": supplier.country,
        "criticality": supplier.criticality.value if supplier.criticality else None,
        "size": supplier.size.value if supplier.size else None,
        "tier": supplier.tier.value if supplier.tier else None,
        "supplier_type": supplier.supplier_type.value if supplier.supplier_type else None,
        "product_groups": [group_code(group) for group in supplier.product_groups] or None,
        "minerals_relevant": relevant,
    }
    return {name: value for name, value in facts.items() if value is not None}
