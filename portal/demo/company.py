"""The invented suppliers of the demo: 52 in 16 countries. None of them exists; each name says demo."""

from __future__ import annotations

from dataclasses import dataclass

NAMES: dict[str, tuple[str, ...]] = {
    "NO": (
        "Fjordkabel", "Nordlys Kretskort", "Bølgen Plast", "Ærlig Metall", "Østvik Mekaniske", "Åsgård Emballasje",
        "Tindekraft Batteri", "Lyngdal Sensor", "Havsalt Overflate", "Kvikne Trevare", "Skogstad Renhold",
        "Vindheim Transport", "Myrull Tekstil", "Grytebekk Støperi", "Steinsprang Verktøy", "Fonn Kjøleteknikk",
        "Sølvberg Optikk", "Rimfrost Programvare",
    ),
    "SE": ("Gränby Elektronik", "Åkerlyckan Plåt", "Sjöstrand Lager", "Björkhaga Kabel", "Norrsken Display"),
    "DK": ("Rødkløver Komponent", "Havnelyst Print", "Møllebæk Plast", "Strandmark Motor"),
    "DE": ("Birkenfeld Feinmechanik", "Rheinaue Halbleiter", "Tannwald Schrauben", "Lindenhof Lacke"),
    "CN": (
        "深圳晨星电子", "东莞和风塑胶", "苏州青禾精密", "宁波海棠五金", "广州云帆电池", "Xiamen Longan Cable",
        "Shanghai Plum Blossom Optics",
    ),
    "PL": ("Jodłowa Obudowa", "Wierzba Kable"),
    "GB": ("Heathermoor Sensors", "Brackenfield Alloys"),
    "FI": ("Koivuranta Mikro", "Järvenpelto Muovi"),
    "NL": ("Wilgenplas Connectors",),
    "US": ("Sagebrush Semiconductors",),
    "IT": ("Cipresso Motori",),
    "TR": ("Zeytinlik Tekstil",),
    "VN": ("Hoa Sen Lắp Ráp",),
    "IN": ("Neem Valley Magnetics",),
    "TW": ("竹風半導體",),
    "CZ": ("Javorník Obvody",),
}  # fmt: skip
FORMS = {
    "NO": "AS", "SE": "AB", "DK": "ApS", "DE": "GmbH", "CN": "有限公司", "PL": "sp. z o.o.", "GB": "Ltd", "FI": "Oy",
    "NL": "B.V.", "US": "Inc.", "IT": "S.r.l.", "TR": "A.Ş.", "VN": "Co., Ltd", "IN": "Pvt Ltd", "TW": "有限公司",
    "CZ": "s.r.o.",
}  # fmt: skip
PRODUCTS = ("electronics", "cables", "plastics", "metal parts", "batteries", "packaging", "services")
CONTACTS = ("Kari Demo", "Ola Demo", "Wang Demo", "Anna Demo", "Ali Demo", "Linh Demo", "Priya Demo")


TIERS = {**dict.fromkeys(("NO", "SE", "DK", "FI", "DE", "NL"), "low"), **dict.fromkeys(("CN", "IN", "TR"), "high")}
"""The demo company's own judgement, by country; an example, not a rating."""


@dataclass(frozen=True, slots=True)
class DemoSupplier:
    """One row of the demo's register."""

    name: str
    national_id: str
    country: str
    criticality: str
    product_group: str
    supplier_type: str
    size: str
    tier: str
    minerals_relevant: bool
    contact_name: str
    contact_email: str
    language: str
    external_id: str


def demo_suppliers() -> list[DemoSupplier]:
    """Return the 52 suppliers, always the same."""
    rows = [(country, name) for country, names in NAMES.items() for name in names]
    return [_supplier(number, country, name) for number, (country, name) in enumerate(rows, start=1)]


def _supplier(number: int, country: str, name: str) -> DemoSupplier:
    product = PRODUCTS[number % len(PRODUCTS)]
    return DemoSupplier(
        name=f"{name} {FORMS[country]} (demo)",
        national_id=f"DEMO-{900_000 + number * 37}",
        country=country,
        criticality="ABBCA"[number % 5],
        product_group=product,
        supplier_type="reseller" if number % 8 == 0 else "manufacturer",
        size=("micro", "small", "medium", "large")[number % 4],
        tier=TIERS.get(country, "medium"),
        minerals_relevant=product in {"electronics", "cables", "batteries", "metal parts"},
        contact_name=CONTACTS[number % len(CONTACTS)],
        contact_email=f"contact{number:02d}@supplier-{number:02d}.example",
        language="nb" if country == "NO" else "en",
        external_id=f"DEMO-{number:03d}",
    )
