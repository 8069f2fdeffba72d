"""What people do with their hands: press, type, choose."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from playwright.sync_api import Browser, BrowserContext, Locator, Page

from portal.demo.answering import answer_all
from questionnaires.catalogue import Catalogue
from questionnaires.model import Question
from questionnaires.values import Value
from tests.journeys.conftest import DESK, PHONE, Look
from tests.journeys.site import Site

PASSWORD = "a long walk in the woods 7"
CATALOGUE = Catalogue.load()
ALL_SAVED = "document.getElementById('saving')?.textContent !== document.getElementById('answers')?.dataset.saving"
"""What holds on a page when no answer is on its way: questions that hang on one have come."""


def pass_by(page: Page, name: str) -> None:
    """Do not look at a page."""
    del page, name


def open_page(browser: Browser, *, phone: bool = False, script: bool = True, locale: str = "en-GB") -> Page:
    """Return a page in a browser of its own that fails the test on an error in the console."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
        java_script_enabled=script,
        locale=locale,
        accept_downloads=True,
    )
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.on("pageerror", lambda error: _fail(f"script error: {error}"))
    page.on("console", lambda message: _fail(message.text) if "Content Security Policy" in message.text else None)
    return page


def _fail(words: str) -> None:
    raise AssertionError(words)


def press(button: Locator) -> None:
    """Press a button or a link that leads to a page, and wait for that page: a click alone does not."""
    with button.page.expect_navigation():
        button.click()


def sign_in(browser: Browser, site: Site, email: str) -> Page:
    """Return a page on which a user has signed in."""
    page = open_page(browser)
    page.goto(f"{site.address}/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page.get_by_role("button", name="Sign in"))
    return page


def go_to(page: Page, name: str) -> None:
    """Open one of the main pages of those who ask."""
    press(page.get_by_role("navigation", name="Main").get_by_role("link", name=name))


@dataclass
class Respondent:
    """A supplier's person with answers in mind."""

    page: Page
    random: Random = field(default_factory=lambda: Random(5))
    deviating: float = 0.1
    script: bool = True
    """Whether answers bring questions on to the page by themselves."""

    def follow(self, link: str) -> None:
        """Open a mailed link and press the button."""
        self.page.goto(link)
        press(self.page.get_by_role("button", name=re.compile("^(Start|Go on|Continue)")))

    def answer_everything(self, keys: tuple[str, ...], on_page: Look = pass_by) -> None:
        """Answer all questionnaires, page by page."""
        overview = self.page.url
        for key in keys:
            questionnaire = CATALOGUE.newest(key).asked_of({})
            answers = answer_all(questionnaire, self.random, deviating=self.deviating)
            first = questionnaire.sections[0].id
            self.page.goto(f"{overview}/{key}/{first}")
            while f"/{key}/" in self.page.url:
                on_page(self.page, f"{key}-{self.page.url.rsplit('/', 1)[1].partition('?')[0].partition('#')[0]}")
                self.fill_page(answers, {question.id: question for question in questionnaire.questions})
                press(self.page.get_by_role("button", name="Save and go on").last)

    def fill_page(self, answers: dict[str, Value], questions: dict[str, Question]) -> None:
        """Answer what is asked on this page, also what is asked only after the first answers."""
        done: set[str] = set()
        while new := [box for box in self._asked() if box[0] not in done]:
            for question_id, box in new:
                done.add(question_id)
                self._fill(box, questions[question_id], answers.get(question_id))
                comment = box.locator(f"textarea[name='{question_id}-comment'], .comment textarea")
                if f"{question_id}#comment" in answers and comment.count() and comment.first.is_visible():
                    comment.first.fill(str(answers[f"{question_id}#comment"]))
            if not self.script:
                return
            self.page.wait_for_timeout(50)
            while not self.page.evaluate(ALL_SAVED):
                self.page.wait_for_timeout(20)

    def _asked(self) -> list[tuple[str, Locator]]:
        boxes = self.page.locator("[data-question]:not([hidden])")
        names = boxes.evaluate_all("boxes => boxes.map(box => box.id)")
        return [(name, self.page.locator(f"[id='{name}']")) for name in names]

    def _fill(self, box: Locator, question: Question, value: Value) -> None:
        name = question.id
        if value is None:
            return
        if isinstance(value, list) and value and isinstance(value[0], dict):
            for column, cell in value[0].items():
                self._write(box.locator(f"[name='{name}-1-{column}']").first, cell)
        elif isinstance(value, list):
            for code in value:
                box.locator(f"input[name='{name}'][value='{code}']").check()
        elif box.locator(f"input[name='{name}'][type=radio]").count():
            box.locator(f"input[name='{name}'][value='{value}']").check()
        else:
            self._write(box.locator(f"[name='{name}']").first, value)

    def _write(self, control: Locator, value: Value) -> None:
        if control.get_attribute("type") == "checkbox":
            control.check()
        elif control.evaluate("element => element.tagName") == "SELECT":
            control.select_option(str(value))
        else:
            control.fill(str(value))

    def sign(self, site: Site, address: str, name: str, on_page: Look = pass_by) -> None:
        """Say who signs, look at the documents, type the mailed code, wait for the receipt."""
        page = self.page
        page.goto(re.sub(r"(/r/[0-9a-f-]+).*", r"\1/sign", page.url))
        on_page(page, "sign")
        page.locator("#name").fill(name)
        page.locator("#title").fill("Managing director")
        page.locator("#may_bind").check()
        press(page.get_by_role("button", name=re.compile("^Show me the")))
        on_page(page, "preview")
        before = len(site.mailbox.received)
        press(page.get_by_role("button", name="Send me the code"))
        page.locator("#digits").fill(site.mailbox.code(address, after=before))
        press(page.get_by_role("button", name=re.compile("^Sign (the|all)")))
        page.wait_for_url("**/receipt")
        page.get_by_role("link", name="Download the signed PDF").first.wait_for()
        on_page(page, "receipt")
