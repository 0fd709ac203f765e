"""A country's companies and people, made of the words of its file in data_set/countries."""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from random import Random

COUNTRIES = Path(__file__).parents[1] / "data_set/countries"
# Letters that no accent can be taken off; a country's own table goes first.
LETTERS = {"ł": "l", "ø": "o", "đ": "d", "ß": "ss", "ı": "i", "æ": "ae", "œ": "oe"}


@dataclass
class Person:
    """Somebody who works at a company."""

    given_name: str
    family_name: str
    # The two in the country's order.
    display_name: str


class Country:
    """What a file of data_set/countries says, and what can be made of it."""

    def __init__(self, path: Path):
        words = tomllib.loads(path.read_text())
        self.code = words["code"]
        self.companies = words["companies"]
        self.cities = words["cities"]
        self._words = words
        self._ascii = LETTERS | words.get("ascii", {})

    def names(self, random: Random) -> list[tuple[str, str]]:
        """Every name without its legal form that the words give, with its industry, shuffled."""
        made = set()
        for pattern in self._words["names"]:
            for word in self._words["words"]:
                for family in self._words["families"]:
                    for industry, trade in self._words["trades"].items():
                        name = pattern.format(
                            trade=trade, word=word, family=form_of(family, 0),
                            family_of_man=form_of(family, 1))
                        made.add((name, industry))
        listed = sorted(made)
        random.shuffle(listed)
        return listed

    def with_legal_form(self, name: str, random: Random) -> str:
        return random.choice(self._words["forms"]).format(name)

    def person(self, random: Random) -> Person:
        is_man = random.random() < 0.5
        given = random.choice(self._words["men" if is_man else "women"])
        family = form_of(random.choice(self._words["families"]), int(is_man))
        pattern = self._words.get("person", "{given} {family}")
        return Person(given, family, pattern.format(given=given, family=family))

    def street(self, random: Random) -> str:
        return self._words["street"].format(street=random.choice(self._words["streets"]),
                                            number=random.randint(1, 148))

    def phone(self, city: str, random: Random) -> str:
        return digits(self._words.get("phones", {}).get(city, self._words["phone"]), random)

    def registration(self, city: str, random: Random) -> str:
        return digits(self._words["registration"].replace("{city}", city), random)

    def label(self, name: str) -> str:
        """The name as a label of a domain in Unicode form."""
        lower = self._lower(name)
        kept = "".join(c if unicodedata.category(c)[0] in "LMN" else "-" if c in " –-&" else ""
                       for c in lower)
        return re.sub("-+", "-", kept).strip("-")

    def ascii_label(self, name: str) -> str:
        """The name as the country writes it without its own letters."""
        text = self._spell(self._lower(name), lambda key: not is_bare(key))
        apart = unicodedata.normalize("NFKD", text)
        bare = "".join(c for c in apart if not unicodedata.combining(c))
        return self.label(self._spell(bare, is_bare))

    def _lower(self, text: str) -> str:
        for upper, lower in self._words.get("lower", {}).items():
            text = text.replace(upper, lower)
        return unicodedata.normalize("NFC", text.lower())

    def _spell(self, text: str, which) -> str:
        for key in sorted(filter(which, self._ascii), key=lambda key: (-len(key), key)):
            text = text.replace(key, self._ascii[key])
        return text


def form_of(family: str, place: int) -> str:
    """A family's name, which may have two forms: `of a woman/of a man`."""
    return family.split("/")[place] if "/" in family else family


def is_bare(text: str) -> bool:
    """Whether it has no accent that can be taken off."""
    return unicodedata.normalize("NFKD", text) == text


def digits(pattern: str, random: Random) -> str:
    """Each `#` becomes a digit."""
    return re.sub("#", lambda _: str(random.randint(0, 9)), pattern)


def read_countries() -> list[Country]:
    return [Country(path) for path in sorted(COUNTRIES.glob("*.toml"))]
