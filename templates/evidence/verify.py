"""Check the evidence of a declaration, or of many, without the portal that made it and without a network.

    python3 verify.py                                  the folder that this file lies in
    python3 verify.py evidence-2026-ABCD.zip           a ZIP file, not unpacked
    python3 verify.py --against 2025.txt 2026.txt      and that the ledger has only grown since these checkpoints
    python3 verify.py --key checkpoint.pub             and that the key is the one that you were given earlier

The same commands check an index of many declarations (with INDEX.txt), and the evidence of each that lies beside it.

Python 3.9 or newer, standard library only; openssl, pdfsig and pdftotext are asked where they are installed. The exit
code is 0 when nothing failed. Whoever forges evidence can forge the verify.py in it, so use one that you got some other
way, or read this one: it is meant to be read.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

OK, FAILED, NOT_CHECKED = "OK", "FAILED", "NOT CHECKED"
CLOCKS = timedelta(minutes=10)
"""A record is dated when its request began, and a checkpoint too, so they may overlap by this."""
SPKI = bytes.fromhex("302a300506032b6570032100")
"""What stands before an Ed25519 public key in DER (RFC 8410)."""
LARGEST_ANSWERS = 50_000_000


class Reason(Exception):
    """Why a step came out as it did: a sentence with places for values."""

    state = FAILED

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.values = values

    def told_in(self, language: str) -> str:
        """Return the sentence."""
        return plain(in_language(self.sentence, language).format(**self.values))


class NotChecked(Reason):
    """The step could not be taken."""

    state = NOT_CHECKED


class Good(Reason):
    """The step holds."""

    state = OK


def plain(told: str) -> str:
    """Return a line in which nothing moves the cursor, whatever a forger put into names."""
    return "".join(sign if sign.isprintable() else "?" for sign in told)


def in_language(words: str, language: str) -> str:
    """Return English words as they are, or in Norwegian where they have been put into it."""
    return NORWEGIAN.get(words, words) if language == "nb" else words


@dataclass(frozen=True)
class Note:
    """A signed head of the ledger (C2SP tlog-checkpoint)."""

    text: bytes
    size: int
    root: bytes
    at: datetime
    signatures: list[tuple[str, bytes]]
    """Name, and key id with signature."""

    @classmethod
    def read(cls, content: bytes) -> Note:
        """Raise Reason where it is none."""
        text, _, rest = content.partition(b"\n\n")
        found = re.fullmatch(rb"[^\n]+\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\nts ([0-9TZ:-]+)", text)
        lines = re.fullmatch(rb"(?:\xe2\x80\x94 [^\n ]+ [A-Za-z0-9+/=]+\n)+", rest)
        if not found or not lines:
            raise Reason("the note is not a checkpoint")
        pairs = [line.split(b" ")[1:] for line in rest.splitlines()]
        return cls(
            text + b"\n",
            int(found[1]),
            base64.b64decode(found[2]),
            moment(found[3].decode()),
            [(name.decode(), base64.b64decode(code, validate=True)) for name, code in pairs],
        )


class Members(Mapping[str, bytes]):
    """The files of a folder, or of a ZIP file, by name; each is read when it is asked for."""

    def __init__(self, place: Path | io.BytesIO) -> None:
        """Raise OSError, ValueError or BadZipFile where it is neither."""
        self.read: Callable[[str], bytes]
        if isinstance(place, Path) and place.is_dir():
            self.names = [path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file()]
            self.read = lambda name: (place / name).read_bytes()
            return
        packed = zipfile.ZipFile(place)
        self.names, self.read = packed.namelist(), packed.read
        if len(self.names) != len(set(self.names)):
            raise ValueError("the ZIP file has two members of the same name")

    def __getitem__(self, name: str) -> bytes:
        if name not in self.names:
            raise KeyError(name)
        return self.read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


class Bundle:
    """The members of the evidence, by name."""

    def __init__(self, files: Mapping[str, bytes], key: bytes | None = None) -> None:
        self.files = files
        self.given_key = key

    def read(self, name: str) -> bytes:
        """Raise Reason where there is no such member."""
        if name not in self.files:
            raise Reason("{name} is missing", name=name)
        return self.files[name]

    def within(self, folder: str) -> dict[str, bytes]:
        """Return the members in a folder, by the rest of their names."""
        return {name[len(folder) :]: self.files[name] for name in self.files if name.startswith(folder)}

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The records, oldest first."""
        return [json.loads(line) for line in self.read("events.jsonl").splitlines()]

    @cached_property
    def leaves(self) -> list[bytes]:
        """The records' hashes after RFC 6962."""
        return [sha256(b"\0" + line) for line in self.read("events.jsonl").splitlines()]

    @cached_property
    def signed(self) -> dict[str, Any]:
        """What the record of the signature says."""
        found = [each["data"] for each in self.records if each["type"] == "declaration:signed"]
        if len(found) != 1:
            raise Reason("there must be one record “declaration:signed”, and there are {count}", count=len(found))
        return dict(found[0])

    @cached_property
    def note(self) -> Note:
        """The newest checkpoint; raises NotChecked where there was none yet."""
        if "checkpoint.txt" not in self.files:
            raise NotChecked("not yet in a checkpoint; download the evidence again later")
        return Note.read(self.files["checkpoint.txt"])


def sha256(content: bytes) -> bytes:
    """Return the hash."""
    return hashlib.sha256(content).digest()


def moment(text: str) -> datetime:
    """Return the time that an ISO 8601 text in UTC names."""
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(timezone.utc)


# The steps: each returns Good, or raises the reason why not.


def manifest(bundle: Bundle) -> Good:
    """Every member is as listed, and none is there that is not."""
    return listing(bundle, "MANIFEST.sha256")


def listing(bundle: Bundle, own: str) -> Good:
    """Compare the members with a list of hashes, which is a member too and does not list itself."""
    listed = {}
    for line in bundle.read(own).decode().split("\n")[:-1]:
        found = re.fullmatch(r"([0-9a-f]{64})  (.+)", line)
        if not found or found[2] in listed:
            raise Reason("this line is not in order: {line}", line=line)
        listed[found[2]] = found[1]
    there = bundle.files.keys() - {own}
    odd = sorted(there ^ listed.keys()) + [
        name for name in sorted(there & listed.keys()) if sha256(bundle.files[name]).hex() != listed[name]
    ]
    if odd or not bundle.files[own].endswith(b"\n"):
        raise Reason("changed, added or taken away: {names}", names=", ".join(odd) or own)
    return Good("{count} files are as listed", count=len(listed))


def records(bundle: Bundle) -> Good:
    """The records give the hashes listed, stand in order, and neighbours name each other."""
    listed = "".join(f"{each['seq']} {leaf.hex()}\n" for each, leaf in zip(bundle.records, bundle.leaves))
    if bundle.read("events.leaves") != listed.encode():
        raise Reason("events.leaves does not fit events.jsonl")
    numbers = [each["seq"] for each in bundle.records]
    if numbers != sorted(set(numbers)):
        raise Reason("the records are out of order, or one is there twice")
    for before, leaf, after in zip(bundle.records, bundle.leaves, bundle.records[1:]):
        if after["seq"] == before["seq"] + 1 and after["prev"] != leaf.hex():
            raise Reason("record {seq} does not follow from the one before", seq=after["seq"])
    return Good("{count} records, each with its hash", count=len(numbers))


def signed_file(bundle: Bundle) -> Good:
    """The ledger names the signed file and the answers."""
    pdf, signed = bundle.read("signed.pdf"), bundle.signed["pdf_sha256"]
    renewed = [each["data"]["pdf_sha256"] for each in bundle.records if each["type"] == "declaration:renewed"]
    if sha256(pdf).hex() != [signed, *renewed][-1]:
        raise Reason("{name} is not the file that the ledger names", name="signed.pdf")
    if not begins_with(pdf, signed):
        raise Reason("signed.pdf does not begin with the file that was signed")
    if sha256(bundle.read("answers.json")).hex() != bundle.signed["answers_sha256"]:
        raise Reason("{name} is not the file that the ledger names", name="answers.json")
    return Good("signed.pdf and answers.json are what the record of the signature names")


def begins_with(pdf: bytes, digest: str) -> bool:
    """Tell whether some revision that the file begins with, or all of it, has this hash."""
    return revision(pdf, digest) is not None


def revision(pdf: bytes, digest: str) -> bytes | None:
    """Return the revision that has this hash, if some does; a new line at its end may or may not belong to it."""
    ends = {end for found in re.finditer(rb"%%EOF(\r\n|\n|\r)?", pdf) for end in (found.start() + 5, found.end())}
    found = (pdf[:end] for end in [*sorted(ends), len(pdf)])
    return next((each for each in found if sha256(each).hex() == digest), None)


def preview(bundle: Bundle) -> Good:
    """The signed file begins with the bytes that the signatory was shown."""
    if not begins_with(bundle.read("signed.pdf"), bundle.signed["preview_sha256"]):
        raise Reason("signed.pdf does not begin with the document that was shown before signing")
    return Good("signed.pdf begins with the document that was shown before signing")


def signatories(bundle: Bundle) -> Good:
    """Everybody who had to sign accepted the document that was shown, in order."""
    shown, count = bundle.signed["preview_sha256"], bundle.signed.get("signatories", 1)
    accepted = [
        each
        for each in bundle.records
        if each["type"] == "signing:accepted" and shown in [one["preview_sha256"] for one in each["data"]["documents"]]
    ]
    if [each["data"].get("signature", 1) for each in accepted] != list(range(1, count + 1)):
        raise Reason("the ledger does not have {count} acceptances of the document, in order", count=count)
    times = ", ".join(f"{moment(each['ts']):%Y-%m-%d %H:%M} UTC" for each in accepted)
    return Good("{count} accepted the document that was shown: {times}", count=count, times=times)


def own_signatures(bundle: Bundle) -> Good:
    """Where the supplier signed with certificates of its own: its file is sealed as it was, and its signatures hold."""
    digest = bundle.signed.get("brought_sha256")
    if not digest:
        return Good("none: the document was signed with the portal's one-time certificate")
    brought = revision(bundle.read("signed.pdf"), digest)
    if brought is None:
        raise Reason("signed.pdf does not begin with the file that the supplier signed")
    places = signature_places(brought)
    if not places:
        raise Reason("the file that the supplier signed has no signature")
    roots = b"\n".join(bundle.within("certificates/trusted/").values())
    known = sum([leads_to(brought, place, roots) for place in places])
    return Good(
        "{count} signatures hold; chains that lead to certificates/trusted: {known}", count=len(places), known=known
    )


def signature_places(pdf: bytes) -> list[tuple[int, int, int]]:
    """Return for each signature where the digits begin and end, and where what it covers ends; no time stamps."""
    found = []
    for each in re.finditer(rb"/ByteRange\s*\[\s*0\s+(\d+)\s+(\d+)\s+(\d+)\s*\]", pdf):
        start, after, rest = (int(number) for number in each.groups())
        said = pdf[pdf.rfind(b"obj", 0, start) : start] + pdf[after : pdf.find(b"endobj", after)]
        if pdf[start : start + 1] == b"<" and after + rest <= len(pdf) and b"ETSI.RFC3161" not in said:
            found.append((start, after, after + rest))
    return found


def leads_to(pdf: bytes, place: tuple[int, int, int], roots: bytes) -> bool:
    """Ask OpenSSL whether a signature's chain leads to a root; raise Reason where the signature does not even hold."""
    start, after, end = place
    code = bytes.fromhex(pdf[start + 1 : after - 1].decode())
    inputs = {"code": code, "content": pdf[:start] + pdf[after:end], "roots": roots}
    options = ["cms", "-verify", "-inform", "DER", "-in", "{code}", "-content", "{content}", "-binary"]
    options += ["-purpose", "any", "-no_check_time", "-out", os.devnull]
    if roots and "successful" in run("openssl", [*options, "-CAfile", "{roots}", "-partial_chain"], inputs):
        return True
    said = run("openssl", [*options, "-noverify"], inputs)
    if "successful" not in said:
        raise Reason("openssl does not accept a signature of the supplier's own: {said}", said=said[:200])
    return False


def definition(bundle: Bundle) -> Good:
    """The questionnaire is the edition that was signed."""
    edition = f"{bundle.signed['questionnaire']}/{bundle.signed['edition']}"
    digest = hashlib.sha256()
    for name, content in sorted(bundle.within(f"definition/{edition}/").items()):
        plain = content.replace(b"\r\n", b"\n")
        digest.update(f"{name}\0{len(plain)}\0".encode() + plain)
    answers = json.loads(bundle.read("answers.json"))
    if f"{answers['questionnaire']}/{answers['edition']}" != edition:
        raise Reason("answers.json answers another questionnaire than {edition}", edition=edition)
    if digest.hexdigest() != bundle.signed["edition_sha256"]:
        raise Reason("definition/{edition} is not as it was signed", edition=edition)
    return Good("{edition}, as it was asked", edition=edition)


def attachments(bundle: Bundle) -> Good:
    """The files are those that the answers name."""
    named = set(files_named(json.loads(bundle.read("answers.json"))))
    there = set()
    for name, content in bundle.within("attachments/").items():
        if sha256(content).hex() != name[:64] or name[:64] not in named:
            raise Reason("attachments/{name} is not a file that the answers name", name=name)
        there.add(name[:64])
    if named - there:
        raise NotChecked("the portal has lost files: {names}", names=", ".join(sorted(named - there)))
    return Good("{count} files, as the answers name them", count=len(there))


def files_named(value: Any) -> Iterator[str]:
    """Find the hashes of files anywhere in the answers."""
    if isinstance(value, dict) and {"sha256", "name"} <= value.keys():
        yield value["sha256"]
    elif isinstance(value, (dict, list)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from files_named(each)


def embedded(bundle: Bundle) -> Good:
    """The answers inside of the signed PDF are the same bytes."""
    answers = bundle.read("answers.json")
    for inner in streams(bundle.read("signed.pdf")):
        if inner == answers:
            return Good("the PDF carries answers.json, byte for byte")
        if inner.startswith(b'{"answers":'):
            raise Reason("the PDF carries other answers than answers.json")
    raise NotChecked("no answers were found inside of the PDF")


def streams(pdf: bytes) -> Iterator[bytes]:
    """Find what a PDF's streams hold: as it stands there, and inflated."""
    for found in re.finditer(rb"(?<!end)stream\r?\n", pdf):
        yield re.split(rb"\r?\n?endstream", pdf[found.end() :], maxsplit=1)[0]
        with contextlib.suppress(zlib.error):
            yield zlib.decompressobj().decompress(pdf[found.end() :], LARGEST_ANSWERS)


def inner_json(bundle: Bundle) -> dict[str, Any]:
    """Return declaration.json, which the PDF carries: all that its pages say."""
    for inner in streams(bundle.read("signed.pdf")):
        if inner.startswith(b'{"') and b'"sections":' in inner:
            return dict(json.loads(inner))
    raise NotChecked("the PDF says nowhere what its pages say")


def as_shown(bundle: Bundle) -> Good:
    """What the pages are said to show are the answers, as far as that can be told without the portal's own words."""
    shown, answers = inner_json(bundle), json.loads(bundle.read("answers.json"))["answers"]
    texts = squeezed("".join(each.decode() for each in bundle.within("definition/").values()), QUOTES)
    asked = [question for section in shown["sections"] for question in section["questions"]]
    odd, unclear = [], []
    for question in asked:
        value, comment = answers.get(question["id"]), answers.get(f"{question['id']}#comment") or ""
        verdict = is_said(value, question["answer"], texts)
        if verdict is False or comment != question["comment"]:
            odd.append(question["id"])
        elif verdict is None:
            unclear.append(question["id"])
    odd += sorted({key.partition("#")[0] for key in answers} - {question["id"] for question in asked})
    if odd:
        raise Reason("shown otherwise than answered: {names}", names=", ".join(odd))
    if unclear:
        raise NotChecked("in words that only the portal knows: {names}", names=", ".join(unclear))
    return Good("{count} questions, shown as they were answered", count=len(asked))


def is_said(value: Any, shown: str, texts: str) -> bool | None:
    """Return whether an answer is what is shown of it; None: that cannot be told."""
    if value in (None, "", [], {}) or not shown:
        return (value in (None, "", [], {}, False)) == (not shown)
    if isinstance(value, (dict, list)):
        parts = value.values() if isinstance(value, dict) else value
        return True if all(is_part(each, shown, texts) for each in parts) else None
    if value in BUILT_IN and shown in sum(BUILT_IN.values(), ()):
        return shown in BUILT_IN[value]
    return True if is_part(value, shown, texts) else None


def is_part(value: Any, shown: str, texts: str) -> bool:
    """Return whether what is shown has an answer in it: word by word, by its digits, or as an option's text."""
    if isinstance(value, (dict, list)):
        return all(is_part(each, shown, texts) for each in (value.values() if isinstance(value, dict) else value))
    if value is True or shown in BUILT_IN.get(value, ()):
        return True
    words, digits = str(value), re.sub(r"\D", "", shown)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words):
        return words[:4] in digits and str(int(words[8:])) in digits
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", words) and re.sub(r"\D", "", words) in digits:
        return True
    seen = [shown, *re.split(r"; |: |\n", shown)]
    options = [squeezed(f"{words}{between}:{each}", QUOTES) for each in seen for between in ("", ",text")]
    return squeezed(words) in squeezed(shown) or any(each in texts for each in options)


QUOTES = "\"'"
BUILT_IN = {
    "yes": ("Yes", "Ja"),
    "no": ("No", "Nei"),
    "partly": ("Partly", "Delvis"),
    "not_known": ("Not known", "Vet ikke"),
    "not_applicable": ("Not applicable", "Ikke aktuelt"),
}


def pages(bundle: Bundle) -> Good:
    """The pages show what declaration.json says, word by word and in order."""
    shown = inner_json(bundle)
    if shutil.which("pdftotext") is None:
        raise NotChecked("{tool} is not installed", tool="pdftotext")
    words = WORDS.get(shown["language"], WORDS["en"])
    printed = run("pdftotext", ["-raw", "-enc", "UTF-8", "{pdf}", "-"], {"pdf": bundle.read("signed.pdf")}, "\f")
    text, head = squeezed(printed), squeezed(words["head"])
    title, edition, supplier, reference = (
        re.escape(squeezed(shown[name])) for name in ("questionnaire_title", "edition", "supplier_name", "reference")
    )
    text = re.sub(rf"{title},\w+?{edition}\w+?\d+/\d+\f{supplier}{reference}", "", text).replace(head, "")
    place, before, odd = max(text.find(squeezed(words["answers"])), 0), "", []
    for name, part in parts_shown(shown, words):
        needle = squeezed(part).replace(head, "")
        if not text.startswith(needle, place) and not is_torn(needle, text[place : place + len(needle)]):
            further = text.find(needle, place) if len(needle) > 8 else -1
            odd.append(name if further < 0 else before)  # where it stands further on, the one before shows more
            place = place if further < 0 else further + len(needle)
        else:
            place += len(needle)
        before = name
    if odd:
        raise Reason("the pages show something else than the JSON at {names}", names=", ".join(dict.fromkeys(odd)))
    return Good("the pages show what the JSON says, word by word")


def is_torn(part: str, printed: str) -> bool:
    """Return whether a page break may have parted two long cells of one row: the same letters, in turns."""
    return len(part) > TORN and sorted(part) == sorted(printed)


TORN = 600
"""Rows of less than 900 bytes a cell are kept whole; a sign has three at most where texts are as long as that."""


def parts_shown(shown: dict[str, Any], words: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Give all that the pages say from the first question to the signature, in order, each with where it belongs."""
    yield words["answers"], words["answers"]
    for section in shown["sections"]:
        name = section["title"] or words["answers"]
        yield name, section["title"] + section["introduction"]
        for clause in section["clauses"]:
            yield f"{name} {clause['number']}".strip(), clause["number"] + clause["title"] + clause["text"]
        for each in section["questions"]:
            comment = f"{words['comment']}:{each['comment']}" if each["comment"] else ""
            said = (each["answer"] or words["unanswered"]) + comment + words.get(each["mark"], "")
            yield each["id"], each["id"] + each["text"] + said
    if shown["attachments"]:
        yield words["attachments"], words["attachments"]
        return
    said = words["declare"] if shown.get("other_signatories") else words["declares"]
    yield words["declaration"], words["declaration"] + said
    yield words["declaration"], shown["statement"] + shown["authority_statement"]


def squeezed(text: str, without: str = "") -> str:
    """Return a text without spaces and signs that cannot be seen, its letters in one form; pages keep their breaks."""
    text = re.sub(r"\[U\+([0-9A-F]{4,6})\]", lambda found: chr(int(found[1], 16)), text)  # what no typeface has
    plainly = unicodedata.normalize("NFKC", text.replace("\ufffd", ""))
    return "".join(
        sign
        for sign in plainly
        if sign == "\f" or not (sign.isspace() or unicodedata.category(sign) in UNSEEN or sign in without)
    )


UNSEEN = {"Cc", "Cf", "Cn", "Co", "Cs", "Mn"}
"""Marks over letters are left out too, which a page may have as signs of their own."""
WORDS = {
    "en": {
        "answers": "Questions and answers",
        "head": "No. Question Answer",
        "unanswered": "Not answered",
        "comment": "Comment",
        "confirmed": "Confirmed",
        "changed": "Changed",
        "new": "New",
        "attachments": "Attachments",
        "declaration": "Declaration and signature",
        "declares": "The signatory declares",
        "declare": "The signatories declare, each with the authority stated",
    },
    "nb": {
        "answers": "Spørsmål og svar",
        "head": "Nr. Spørsmål Svar",
        "unanswered": "Ikke besvart",
        "comment": "Kommentar",
        "confirmed": "Bekreftet",
        "changed": "Endret",
        "new": "Nytt",
        "attachments": "Vedlegg",
        "declaration": "Erklæring og signatur",
        "declares": "Undertegneren erklærer",
        "declare": "Undertegnerne erklærer, hver med den fullmakten som er oppgitt",
    },
}
"""The document's own words, by its language; one in another language has them in English."""


def signature(bundle: Bundle) -> Good:
    """The checkpoint is signed with the portal's key."""
    verify_note(bundle, bundle.note)
    return Good("signed with the key in checkpoint.pub, at {at}, over {size} records", **told(bundle.note))


def told(note: Note) -> dict[str, object]:
    """Return what sentences say of a note."""
    return {"at": f"{note.at:%Y-%m-%d %H:%M} UTC", "size": note.size}


def verify_note(bundle: Bundle, note: Note) -> None:
    """Raise Reason where nobody signed the note with the key."""
    pub = bundle.read("certificates/checkpoint.pub")
    if bundle.given_key is not None and bundle.given_key.strip() != pub.strip():
        raise Reason("checkpoint.pub is not the key that you gave")
    name, key_id, code = pub.decode().strip().split("+", 2)
    algorithm_and_key = base64.b64decode(code, validate=True)
    pem = base64.b64encode(SPKI + algorithm_and_key[1:]).decode()
    pem = f"-----BEGIN PUBLIC KEY-----\n{pem}\n-----END PUBLIC KEY-----\n"
    if len(algorithm_and_key) != 33 or bundle.read("certificates/checkpoint.pem") != pem.encode():
        raise Reason("checkpoint.pub and checkpoint.pem are not the same key")
    if sha256(f"{name}\n".encode() + algorithm_and_key)[:4].hex() != key_id:
        raise Reason("checkpoint.pub is not in order")
    ours = [code[4:] for signer, code in note.signatures if signer == name and code[:4].hex() == key_id]
    if not any(len(each) == 64 and is_signature(each, note.text, pem) for each in ours):
        raise Reason("the checkpoint is not signed with the key in checkpoint.pub")


def is_signature(code: bytes, text: bytes, pem: str) -> bool:
    """Ask OpenSSL; raise NotChecked where it cannot say."""
    options = ["pkeyutl", "-verify", "-pubin", "-inkey", "{pem}", "-rawin", "-in", "{text}", "-sigfile", "{code}"]
    said = run("openssl", options, {"pem": pem.encode(), "text": text, "code": code})
    if "Verified Successfully" not in said and "Verification Failure" not in said:
        raise NotChecked("{tool} cannot tell: {said}", tool="openssl", said=said[:200])
    return "Verified Successfully" in said


def run(tool: str, options: list[str], inputs: dict[str, bytes], kept: str = "") -> str:
    """Return what a tool says, on one line but for signs to be kept; options name the inputs, which become files."""
    path = shutil.which(tool)
    if not path:
        raise NotChecked("{tool} is not installed", tool=tool)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in inputs.items():
            (Path(folder) / name).write_bytes(content)
        places = {name: str(Path(folder) / name) for name in inputs}
        command = [path, *(option.format(**places) for option in options)]
        try:
            ended = subprocess.run(
                command, capture_output=True, check=False, timeout=60, env={**os.environ, "LC_ALL": "C"}
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise NotChecked("{tool} cannot tell: {said}", tool=tool, said=str(error)) from error
    said = (ended.stdout + ended.stderr).decode(errors="replace")
    return kept.join(" ".join(part.split()) for part in said.split(kept)) if kept else " ".join(said.split())


def time_stamp(bundle: Bundle) -> Good:
    """An authority outside of the portal has stamped the checkpoint."""
    note, token = bundle.note, bundle.files.get("checkpoint.tsr")
    roots = b"\n".join(bundle.within("certificates/tsa-roots/").values())
    if token is None or not roots:
        raise NotChecked("there is no time stamp on the checkpoint")
    options = ["ts", "-verify", "-data", "{note}", "-in", "{token}", "-CAfile", "{roots}"]
    options += ["-attime", str(int(note.at.timestamp()))]
    said = run("openssl", options, {"note": bundle.files["checkpoint.txt"], "token": token, "roots": roots})
    if "Verification: OK" not in said:
        raise Reason("openssl does not accept checkpoint.tsr: {said}", said=said[:200])
    return Good("stamped by an authority that certificates/tsa-roots leads to")


def inclusion(bundle: Bundle) -> Good:
    """Every record stands in the ledger that the checkpoint signs."""
    note, proofs = bundle.note, {each["seq"]: each for each in json.loads(bundle.read("proofs.json"))["records"]}
    pending = [each["seq"] for each in bundle.records if each["seq"] >= note.size]
    for record, leaf in zip(bundle.records, bundle.leaves):
        seq = record["seq"]
        if seq in pending:
            continue
        if seq not in proofs or not is_included(leaf, seq, proofs[seq], note):
            raise Reason("record {seq} is not in the ledger that the checkpoint signs", seq=seq)
        if moment(record["ts"]) > note.at + CLOCKS:
            raise Reason("record {seq} is younger than the checkpoint that covers it", seq=seq)
    if pending:
        raise NotChecked(
            "{count} records are proven; not yet in a checkpoint: {names}",
            count=len(bundle.records) - len(pending),
            names=", ".join(map(str, pending)),
        )
    return Good("{count} records are proven", count=len(bundle.records))


def is_included(leaf: bytes, seq: int, proof: dict[str, Any], note: Note) -> bool:
    """Return whether the proof leads from the leaf to the checkpoint's root (RFC 9162, 2.1.3.2)."""
    if (proof["leaf"], proof["index"], proof["size"]) != (leaf.hex(), seq, note.size):
        return False
    path, place, last, found = [bytes.fromhex(each) for each in proof["path"]], seq, note.size - 1, leaf
    for step in path:
        if last == 0:
            return False
        is_left = bool(place & 1) or place == last
        found = node(step, found) if is_left else node(found, step)
        while is_left and place and not place & 1:
            place, last = place >> 1, last >> 1
        place, last = place >> 1, last >> 1
    return last == 0 and found == note.root


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash above two others."""
    return sha256(b"\1" + left + right)


def consistency(bundle: Bundle) -> Good:
    """The checkpoints that the portal keeps have only grown into this one."""
    note, proofs = bundle.note, json.loads(bundle.read("consistency.json"))["from"]
    for each in proofs:
        if not has_grown(each["size"], bytes.fromhex(each["root"]), note, each["path"]):
            raise Reason("the ledger did not grow from its checkpoint of {size} records", size=each["size"])
    return Good("{count} earlier checkpoints grew into this one", count=len(proofs))


def has_grown(size: int, root: bytes, note: Note, steps: list[str]) -> bool:
    """Return whether the checkpoint's tree begins with the earlier one (RFC 9162, 2.1.4.2)."""
    path = [bytes.fromhex(each) for each in steps]
    if size == note.size:
        return not path and root == note.root
    if not 0 < size < note.size or not path:
        return False
    path = [root, *path] if size & (size - 1) == 0 else path
    place, last = size - 1, note.size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old, new = node(step, old), node(step, new)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            new = node(new, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old == root and new == note.root


def grown_since(bundle: Bundle, content: bytes) -> Good:
    """The ledger has only grown since a checkpoint that was kept outside of the portal."""
    earlier = Note.read(content)
    verify_note(bundle, earlier)
    for each in bundle.records:
        if each["seq"] < earlier.size and moment(each["ts"]) > earlier.at + CLOCKS:
            raise Reason("record {seq} is younger than the checkpoint that covers it", seq=each["seq"])
    if earlier.size > bundle.note.size:
        if earlier.at > bundle.note.at:
            raise NotChecked("this evidence is older than that checkpoint; compare with newer evidence")
        raise Reason(
            "the ledger had {count} records already, and has {size} now", count=earlier.size, size=bundle.note.size
        )
    growth = json.loads(bundle.read("consistency.json"))
    paths = {bundle.note.size: [], **{each["size"]: each["path"] for each in growth["from"]}}
    if earlier.size not in paths and earlier.size < growth["thinned_before"]:
        raise NotChecked(
            "so old, only the last checkpoint of a day is proven; ask the portal about {size}", size=earlier.size
        )
    if earlier.size not in paths:
        raise Reason("the portal no longer knows of its checkpoint of {size} records", size=earlier.size)
    if not has_grown(earlier.size, earlier.root, bundle.note, paths[earlier.size]):
        raise Reason("the ledger did not grow from its checkpoint of {size} records", size=earlier.size)
    return Good("the ledger has only grown since the checkpoint of {at} with {size} records", **told(earlier))


def pdf_signatures(bundle: Bundle) -> Good:
    """Each signatory's signature and the seal are valid."""
    expected = bundle.signed.get("signatories", 1) + 1
    said = run("pdfsig", ["-nocert", "{pdf}"], {"pdf": bundle.read("signed.pdf")})
    verdicts = re.findall(r"Signature Validation: (.+?)(?= Signature #|$)", said)
    valid = sum(each.startswith("Signature is Valid") for each in verdicts)
    if any(re.match(r"Signature is Invalid|Digest Mismatch", each) for each in verdicts) or valid < expected:
        told = "; ".join(verdicts) or said[:200]
        raise Reason("pdfsig does not find {count} valid signatures: {said}", count=expected, said=told)
    return Good("pdfsig finds {count} valid signatures", count=valid)


STEPS: list[tuple[str, Callable[[Bundle], Good]]] = [
    ("Manifest", manifest),
    ("Records", records),
    ("Signed file", signed_file),
    ("Preview", preview),
    ("Signatories", signatories),
    ("Own signatures", own_signatures),
    ("Questionnaire", definition),
    ("Attachments", attachments),
    ("Answers in the PDF", embedded),
    ("Answers as shown", as_shown),
    ("Pages of the PDF", pages),
    ("Checkpoint", signature),
    ("Time stamp", time_stamp),
    ("Proofs", inclusion),
    ("Growth", consistency),
    ("PDF signatures", pdf_signatures),
]


def take(step: Callable[[], Good]) -> Reason:
    """Return how a step comes out; what cannot even be read has failed."""
    try:
        return step()
    except Reason as reason:
        return reason
    except Exception as error:  # noqa: BLE001 -- forged evidence may be of any shape
        return Reason("cannot be read: {error}", error=f"{type(error).__name__}: {error}")


def check(bundle: Bundle, against: dict[str, bytes]) -> dict[str, Reason]:
    """Take all the steps; earlier checkpoints come by name."""
    found = {title: take(lambda step=step: step(bundle)) for title, step in STEPS}  # type: ignore[misc]
    for name, content in against.items():
        found[f"--against {name}"] = take(lambda content=content: grown_since(bundle, content))  # type: ignore[misc]
    return found


# An index of many declarations.


def table(bundle: Bundle) -> list[dict[str, str]]:
    """Return the rows of INDEX.txt; raise Reason where it is no table."""
    columns, *lines = [line.split("\t") for line in bundle.read("INDEX.txt").decode().split("\n")[:-1]]
    is_table = {"reference", *PROVABLE} <= set(columns) and all(len(line) == len(columns) for line in lines)
    if not is_table or len({line[0] for line in lines}) != len(lines):
        raise Reason("INDEX.txt is not in order")
    return [dict(zip(columns, line)) for line in lines]


def sums(bundle: Bundle) -> Good:
    """Every member of the folder is as listed."""
    return listing(bundle, "INDEX.sha256")


def index(bundle: Bundle) -> Good:
    """Each line says what the ledger's records say, and names the newest file that they name."""
    own: dict[str, list[dict[str, Any]]] = {}
    for each in bundle.records:
        own.setdefault(each["data"]["reference"], []).append(each)
    rows = table(bundle)
    for row in rows:
        first, *later = own.pop(row["reference"], None) or [{}]
        newest = [first, *later][-1]
        said = (newest.get("data", {}).get("pdf_sha256"), str(newest.get("seq")), first.get("ts"))
        edition = "{questionnaire}/{edition}".format(**{"questionnaire": "", "edition": "", **first.get("data", {})})
        known = first.get("type") == "declaration:signed" and {each["type"] for each in later} <= {
            "declaration:renewed"
        }
        if not known or (*said, edition) != tuple(row[name] for name in PROVABLE):
            raise Reason("the ledger’s records do not say what the index says of {name}", name=row["reference"])
    if own:
        raise Reason("the index leaves out {names}", names=", ".join(sorted(own)))
    return Good("{count} declarations, as the ledger’s records have them", count=len(rows))


PROVABLE = ("pdf_sha256", "seq", "signed_at", "questionnaire")


def one_of_many(bundle: Bundle, row: dict[str, str]) -> Good:
    """The evidence of one declaration of the index holds, and is about the file that the index names."""
    name = f"evidence-{row['reference']}.zip"
    if name not in bundle.files:
        if not any(each.startswith("evidence-") for each in bundle.files):
            raise NotChecked("the index came alone; ask for the evidence to check it")
        if row["reference"] in bundle.files.get("MISSING.txt", b"").decode().split():
            raise NotChecked("the portal no longer has the signed file")
        raise Reason("{name} is missing", name=name)
    key = bundle.given_key or bundle.files.get("certificates/checkpoint.pub")
    inner = Bundle(Members(io.BytesIO(bundle.files[name])), key)
    if sha256(inner.read("signed.pdf")).hex() != row["pdf_sha256"]:
        raise Reason("signed.pdf is not the file that the index names")
    found = check(inner, {})
    failed, unsure = (
        ", ".join(title for title, each in found.items() if each.state == state) for state in (FAILED, NOT_CHECKED)
    )
    if failed:
        raise Reason("failed: {names}", names=failed)
    if unsure:
        raise NotChecked("not everything could be checked: {names}", names=unsure)
    return Good("all {count} steps hold", count=len(found))


INDEX_STEPS: list[tuple[str, Callable[[Bundle], Good]]] = [
    ("Manifest", sums),
    ("Records", records),
    ("Index", index),
    ("Checkpoint", signature),
    ("Time stamp", time_stamp),
    ("Proofs", inclusion),
    ("Growth", consistency),
]


def check_index(bundle: Bundle, against: dict[str, bytes]) -> Iterator[tuple[str, Reason]]:
    """Take the steps of the index, and then all of each declaration; a line each, as they come."""
    for title, step in INDEX_STEPS:
        yield title, take(lambda step=step: step(bundle))  # type: ignore[misc]
    for name, content in against.items():
        yield f"--against {name}", take(lambda content=content: grown_since(bundle, content))  # type: ignore[misc]
    with contextlib.suppress(Reason, ValueError):  # as the step above has said
        for row in table(bundle):
            yield row["reference"], take(lambda row=row: one_of_many(bundle, row))  # type: ignore[misc]


def main() -> int:
    """Print one line for each step; return 1 where one failed."""
    parser = argparse.ArgumentParser(description="Check the evidence of a declaration, or of many.")
    parser.add_argument("place", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    parser.add_argument("--against", nargs="+", type=Path, default=[], metavar="FILE", help="earlier checkpoints")
    parser.add_argument("--key", type=Path, metavar="FILE", help="the checkpoints' public key, as you were given it")
    parser.add_argument("--language", choices=["en", "nb"], default="en")
    parser.add_argument("--json", action="store_true", help="for machines")
    asked = parser.parse_args()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a console may not know every letter
    try:
        bundle = Bundle(Members(asked.place), asked.key.read_bytes() if asked.key else None)
        against = {str(path): path.read_bytes() for path in asked.against}
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 1
    is_index = "INDEX.txt" in bundle.files
    return report(check_index(bundle, against) if is_index else check(bundle, against).items(), asked)


def report(found: Iterable[tuple[str, Reason]], asked: argparse.Namespace) -> int:
    """Print the steps and the verdict; return 1 where one failed."""
    steps = []
    for title, each in found:
        steps.append({"step": title, "state": each.state, "reason": each.told_in("en")})
        if not asked.json:
            state, step = (in_language(words, asked.language) for words in (each.state, title))
            print(f"{state:<18} {plain(step)}: {each.told_in(asked.language)}")
    states = [step["state"] for step in steps]
    verdict = FAILED if FAILED in states else NOT_CHECKED if NOT_CHECKED in states else OK
    if asked.json:
        print(json.dumps({"verdict": verdict, "steps": steps}, indent=1))
    else:
        print(in_language(VERDICTS[verdict], asked.language))
    return int(verdict == FAILED)


VERDICTS = {
    OK: "Everything holds.",
    NOT_CHECKED: "Nothing failed, but not everything could be checked.",
    FAILED: "Something failed: do not rely on this evidence before it is explained.",
}


NORWEGIAN = {
    FAILED: "FEIL",
    NOT_CHECKED: "IKKE KONTROLLERT",
    VERDICTS[OK]: "Alt stemmer.",
    VERDICTS[NOT_CHECKED]: "Ingenting feilet, men ikke alt kunne kontrolleres.",
    VERDICTS[FAILED]: "Noe feilet: stol ikke på dette beviset før det er forklart.",
    "Manifest": "Manifest",
    "Records": "Oppføringer",
    "Signed file": "Signert fil",
    "Preview": "Forhåndsvisning",
    "Signatories": "Undertegnere",
    "Own signatures": "Egne signaturer",
    "none: the document was signed with the portal's one-time certificate": "ingen: dokumentet er signert med "
    "portalens engangssertifikat",
    "signed.pdf does not begin with the file that the supplier signed": "signed.pdf begynner ikke med filen som "
    "leverandøren signerte",
    "the file that the supplier signed has no signature": "filen som leverandøren signerte, har ingen signatur",
    "{count} signatures hold; chains that lead to certificates/trusted: {known}": "{count} signaturer holder; kjeder "
    "som fører til certificates/trusted: {known}",
    "openssl does not accept a signature of the supplier's own: {said}": "openssl godtar ikke en av leverandørens egne "
    "signaturer: {said}",
    "Questionnaire": "Spørreskjema",
    "Attachments": "Vedlegg",
    "Answers in the PDF": "Svarene i PDF-en",
    "Answers as shown": "Svarene som vist",
    "Pages of the PDF": "Sidene i PDF-en",
    "Checkpoint": "Kontrollpunkt",
    "Time stamp": "Tidsstempel",
    "Proofs": "Bevis",
    "Growth": "Vekst",
    "PDF signatures": "PDF-signaturer",
    "the note is not a checkpoint": "dette er ikke et kontrollpunkt",
    "{name} is missing": "{name} mangler",
    "there must be one record “declaration:signed”, and there are {count}": (
        "det skal være én oppføring «declaration:signed», og det er {count}"
    ),
    "not yet in a checkpoint; download the evidence again later": (
        "ikke i et kontrollpunkt ennå; last ned beviset på nytt senere"
    ),
    "this line is not in order: {line}": "denne linjen er ikke i orden: {line}",
    "changed, added or taken away: {names}": "endret, lagt til eller tatt bort: {names}",
    "{count} files are as listed": "{count} filer er som oppført",
    "events.leaves does not fit events.jsonl": "events.leaves passer ikke til events.jsonl",
    "the records are out of order, or one is there twice": "oppføringene er i uorden, eller én står der to ganger",
    "record {seq} does not follow from the one before": "oppføring {seq} følger ikke av den foregående",
    "{count} records, each with its hash": "{count} oppføringer, hver med sin hash",
    "{name} is not the file that the ledger names": "{name} er ikke filen som protokollen nevner",
    "signed.pdf and answers.json are what the record of the signature names": (
        "signed.pdf og answers.json er dem som oppføringen om signaturen nevner"
    ),
    "signed.pdf does not begin with the file that was signed": "signed.pdf begynner ikke med filen som ble signert",
    "signed.pdf does not begin with the document that was shown before signing": (
        "signed.pdf begynner ikke med dokumentet som ble vist før signeringen"
    ),
    "signed.pdf begins with the document that was shown before signing": (
        "signed.pdf begynner med dokumentet som ble vist før signeringen"
    ),
    "answers.json answers another questionnaire than {edition}": "answers.json svarer på et annet skjema enn {edition}",
    "definition/{edition} is not as it was signed": "definition/{edition} er ikke slik det ble signert",
    "{edition}, as it was asked": "{edition}, slik det ble stilt",
    "attachments/{name} is not a file that the answers name": "attachments/{name} er ikke en fil som svarene nevner",
    "the portal has lost files: {names}": "portalen har mistet filer: {names}",
    "{count} files, as the answers name them": "{count} filer, slik svarene nevner dem",
    "the PDF carries answers.json, byte for byte": "PDF-en bærer answers.json, byte for byte",
    "the PDF carries other answers than answers.json": "PDF-en bærer andre svar enn answers.json",
    "the PDF says nowhere what its pages say": "PDF-en sier ingen steder hva sidene sier",
    "shown otherwise than answered: {names}": "vist annerledes enn besvart: {names}",
    "in words that only the portal knows: {names}": "med ord som bare portalen kjenner: {names}",
    "{count} questions, shown as they were answered": "{count} spørsmål, vist slik de ble besvart",
    "the pages show something else than the JSON at {names}": "sidene viser noe annet enn JSON-filen ved {names}",
    "the pages show what the JSON says, word by word": "sidene viser det JSON-filen sier, ord for ord",
    "no answers were found inside of the PDF": "fant ingen svar inne i PDF-en",
    "signed with the key in checkpoint.pub, at {at}, over {size} records": (
        "signert med nøkkelen i checkpoint.pub, {at}, over {size} oppføringer"
    ),
    "checkpoint.pub is not the key that you gave": "checkpoint.pub er ikke nøkkelen du oppga",
    "checkpoint.pub and checkpoint.pem are not the same key": "checkpoint.pub og checkpoint.pem er ikke samme nøkkel",
    "checkpoint.pub is not in order": "checkpoint.pub er ikke i orden",
    "the checkpoint is not signed with the key in checkpoint.pub": (
        "kontrollpunktet er ikke signert med nøkkelen i checkpoint.pub"
    ),
    "{tool} cannot tell: {said}": "{tool} kan ikke svare: {said}",
    "{tool} is not installed": "{tool} er ikke installert",
    "there is no time stamp on the checkpoint": "kontrollpunktet har ikke noe tidsstempel",
    "openssl does not accept checkpoint.tsr: {said}": "openssl godtar ikke checkpoint.tsr: {said}",
    "stamped by an authority that certificates/tsa-roots leads to": (
        "stemplet av en tjeneste som certificates/tsa-roots fører til"
    ),
    "record {seq} is not in the ledger that the checkpoint signs": (
        "oppføring {seq} er ikke i protokollen som kontrollpunktet signerer"
    ),
    "record {seq} is younger than the checkpoint that covers it": (
        "oppføring {seq} er yngre enn kontrollpunktet som dekker den"
    ),
    "{count} records are proven; not yet in a checkpoint: {names}": (
        "{count} oppføringer er bevist; ikke i et kontrollpunkt ennå: {names}"
    ),
    "{count} records are proven": "{count} oppføringer er bevist",
    "the ledger did not grow from its checkpoint of {size} records": (
        "protokollen har ikke vokst ut av sitt kontrollpunkt på {size} oppføringer"
    ),
    "{count} earlier checkpoints grew into this one": "{count} tidligere kontrollpunkter har vokst til dette",
    "this evidence is older than that checkpoint; compare with newer evidence": (
        "dette beviset er eldre enn kontrollpunktet; sammenlign med et nyere bevis"
    ),
    "the ledger had {count} records already, and has {size} now": (
        "protokollen hadde alt {count} oppføringer, og har {size} nå"
    ),
    "so old, only the last checkpoint of a day is proven; ask the portal about {size}": (
        "så gamle er bare dagens siste kontrollpunkt bevist; spør portalen om {size}"
    ),
    "the portal no longer knows of its checkpoint of {size} records": (
        "portalen kjenner ikke lenger sitt kontrollpunkt på {size} oppføringer"
    ),
    "the ledger has only grown since the checkpoint of {at} with {size} records": (
        "protokollen har bare vokst siden kontrollpunktet fra {at} med {size} oppføringer"
    ),
    "pdfsig does not find {count} valid signatures: {said}": "pdfsig finner ikke {count} gyldige signaturer: {said}",
    "the ledger does not have {count} acceptances of the document, in order": (
        "protokollen har ikke {count} godkjenninger av dokumentet, i rekkefølge"
    ),
    "{count} accepted the document that was shown: {times}": "{count} har godtatt dokumentet som ble vist: {times}",
    "pdfsig finds {count} valid signatures": "pdfsig finner {count} gyldige signaturer",
    "cannot be read: {error}": "kan ikke leses: {error}",
    "Index": "Indeks",
    "INDEX.txt is not in order": "INDEX.txt er ikke i orden",
    "the ledger’s records do not say what the index says of {name}": (
        "oppføringene i protokollen sier ikke det indeksen sier om {name}"
    ),
    "the index leaves out {names}": "indeksen utelater {names}",
    "{count} declarations, as the ledger’s records have them": (
        "{count} erklæringer, slik oppføringene i protokollen har dem"
    ),
    "the index came alone; ask for the evidence to check it": (
        "indeksen kom alene; be om bevisene for å kontrollere dem"
    ),
    "the portal no longer has the signed file": "portalen har ikke lenger den signerte filen",
    "signed.pdf is not the file that the index names": "signed.pdf er ikke filen som indeksen nevner",
    "failed: {names}": "feilet: {names}",
    "not everything could be checked: {names}": "ikke alt kunne kontrolleres: {names}",
    "all {count} steps hold": "alle {count} steg stemmer",
}


if __name__ == "__main__":
    sys.exit(main())
