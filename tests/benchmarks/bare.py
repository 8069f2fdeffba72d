"""The floor for web pages: a bare Flask application on the same server and the same kind of database.

`/insert` writes one row and commits; `/page` renders a static Jinja page of the size that the query names.
"""

from __future__ import annotations

import os
import uuid

import sqlalchemy as sa
from flask import Flask, render_template, request
from jinja2 import DictLoader

from portal.models.engine import make_engine

engine = make_engine(os.environ["BARE_DATABASE_URL"])
table = sa.Table("bare", sa.MetaData(), sa.Column("id", sa.Uuid, primary_key=True), sa.Column("value", sa.JSON))
app = Flask(__name__)
pages: dict[str, str] = {}
app.jinja_loader = DictLoader(pages)  # so that a page is compiled once, as pages in files are


@app.post("/insert")
def insert() -> dict[str, bool]:
    """Write one row and commit."""
    with engine.begin() as connection:
        connection.execute(table.insert().values(id=uuid.uuid4(), value=request.form.get("value")))
    return {"saved": True}


@app.get("/page")
def page() -> str:
    """Render a static page: Jinja, but nothing to work out."""
    size = request.args["size"]
    pages.setdefault(size, "<p>Nothing to work out in this line of text at all.</p>\n" * (int(size) // 54))
    return render_template(size)


with engine.begin() as first:
    table.create(first, checkfirst=True)
