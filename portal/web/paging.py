"""Long lists, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import sqlalchemy as sa
from flask import request, url_for
from sqlalchemy.orm import Session

from portal.web.asking import handed_on

Item = TypeVar("Item")
PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """One page of a list, as the macro `pagination` shows it."""

    items: Sequence[Item]
    number: int
    """From 1."""
    pages: int
    total: int
    endpoint: str = ""
    """Where the other pages are, when not where this one is."""

    def address(self, number: int) -> str:
        """Return the address of another page of the same list, filters kept."""
        arguments = handed_on("page")
        return url_for(
            self.endpoint or str(request.endpoint), **{**(request.view_args or {}), **arguments, "page": number}
        )


def page_of(items: Sequence[Item], per_page: int = PER_PAGE) -> Page[Item]:
    """Return the page that the address asks for of a list at hand; beyond the end, the last one."""
    number, pages = _fit(len(items), per_page)
    start = (number - 1) * per_page
    return Page(items[start : start + per_page], number, pages, len(items))


def page_of_query(session: Session, query: sa.Select[Any], per_page: int = PER_PAGE, endpoint: str = "") -> Page[Any]:
    """Return the page that the address asks for of what a statement selects; beyond the end, the last one."""
    bare = query.order_by(None).options(sa.orm.lazyload("*")).subquery()
    total = session.scalar(sa.select(sa.func.count()).select_from(bare)) or 0
    number, pages = _fit(total, per_page)
    items = session.scalars(query.limit(per_page).offset((number - 1) * per_page)).unique().all()
    return Page(items, number, pages, total, endpoint)


def _fit(total: int, per_page: int) -> tuple[int, int]:
    pages = max(1, -(-total // per_page))
    asked = request.args.get("page", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 8 else 1
    return min(max(number, 1), pages), pages
