"""Every page of every questionnaire can be read before it is asked, in each of its languages."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from questionnaires.catalogue import Catalogue
from questionnaires.model import Questionnaire
from tests.portal.web.pages import check

EDITIONS = Catalogue.load().all()


@pytest.mark.parametrize("edition", EDITIONS, ids=lambda one: one.name)
def test_every_page_of_a_shipped_edition_is_shown_in_each_language(client: FlaskClient, edition: Questionnaire) -> None:
    start = f"/questionnaires/{edition.key}/{edition.edition}/preview"
    for language in edition.languages:
        assert edition.title.in_language(language) in check(client.get(f"{start}?language={language}"))
        for section in edition.sections:
            answer = client.get(f"{start}/sections/{section.id}?language={language}")
            assert answer.status_code == 200
            assert f'<div class="as-supplier" lang="{language}">' in answer.text
        everything = client.get(f"{start}/all?language={language}").text
        assert [one.id for one in edition.questions if f'id="{one.id}"' not in everything] == []
