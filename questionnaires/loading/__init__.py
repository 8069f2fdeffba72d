"""From an edition's YAML files to frozen objects; what the language does not know is refused by name."""

from questionnaires.loading.edition import REQUIRED_LANGUAGES, load_edition, load_files

__all__ = ["REQUIRED_LANGUAGES", "load_edition", "load_files"]
