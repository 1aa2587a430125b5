"""Reads a page as a browser would: its elements in order, each with its attributes, its text, and what it is in."""

from html.parser import HTMLParser
from typing import NamedTuple

EMPTY = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "path", "source", "use", "wbr"})


class Element(NamedTuple):
    """Something on a page; `within` are the places of what it is in, from the outside to the inside."""

    tag: str
    attributes: dict[str, str]
    texts: list[str]
    within: tuple[int, ...]

    @property
    def text(self) -> str:
        """What a person reads of it."""
        return " ".join("".join(self.texts).split())

    @property
    def classes(self) -> frozenset[str]:
        """How it looks."""
        return frozenset(self.attributes.get("class", "").split())


class Page(HTMLParser):
    """A page as it was answered."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Something begins."""
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes, [], tuple(self._open)))
        if tag not in EMPTY:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        """Something ends, with whatever in it was left open."""
        tags = [self.elements[place].tag for place in self._open]
        if tag in tags:
            del self._open[len(tags) - 1 - tags[::-1].index(tag) :]

    def handle_data(self, data: str) -> None:
        """Text, of all that it is in."""
        for place in self._open:
            self.elements[place].texts.append(data)

    def all(self, tag: str = "", *classes: str, within: str = "", **attributes: str) -> list[Element]:
        """What there is of a kind, in the page's order; `within` a tag."""
        return [
            each
            for each in self.elements
            if tag in {"", each.tag}
            and each.classes.issuperset(classes)
            and (not within or within in {self.elements[place].tag for place in each.within})
            and all(each.attributes.get(name.replace("_", "-")) == value for name, value in attributes.items())
        ]

    def inside(self, element: Element) -> list[Element]:
        """What stands in something."""
        place = next(place for place, each in enumerate(self.elements) if each is element)
        return [each for each in self.elements if place in each.within]

    def with_id(self, name: str) -> Element | None:
        """What bears this id."""
        return next((each for each in self.elements if each.attributes.get("id") == name), None)

    @property
    def title(self) -> str:
        """What the browser calls the page."""
        return self.all("title")[0].text

    @property
    def buttons(self) -> list[str]:
        """What stands on the buttons of the main part that send something."""
        sending = {place for place, each in enumerate(self.elements) if each.attributes.get("method") == "post"}
        return [each.text for each in self.all("button", within="main") if sending & set(each.within)]
