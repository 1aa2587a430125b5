"""Does a task in a browser as a person would: fills its form, presses its button, checks the answers, and arrives."""

from typing import Protocol

from playwright.sync_api import Locator, Page, expect

from tests.browser import press

WRITTEN = "textarea, input:not([type=hidden], [type=radio], [type=checkbox])"
CHECKS = "main button[name=checked]"
ARRIVED = "#messages .message, .confirmation"


class Hand(Protocol):
    """What a hand can do with what stands on a page."""

    def write(self, field: Locator, text: str) -> None:
        """Write this into a field, in place of what stands in it."""

    def tick(self, choice: Locator) -> None:
        """Tick one of several choices."""

    def choose(self, field: Locator, value: str) -> None:
        """Choose from a list."""

    def press(self, button: Locator) -> None:
        """Press a button."""


class Mouse:
    """Points at what it wants."""

    def write(self, field: Locator, text: str) -> None:
        """Write this into a field, in place of what stands in it."""
        field.fill(text)

    def tick(self, choice: Locator) -> None:
        """Tick one of several choices."""
        choice.check()

    def choose(self, field: Locator, value: str) -> None:
        """Choose from a list."""
        field.select_option(value)

    def press(self, button: Locator) -> None:
        """Press a button."""
        button.click()


class Keyboard:
    """Has nothing but keys."""

    def write(self, field: Locator, text: str) -> None:
        """Write this into a field, in place of what stands in it."""
        press(field.page, field, "Control+A", text or "Delete")

    def tick(self, choice: Locator) -> None:
        """Tick one of several choices: the Tab key leads to one of them, the arrows to the others."""
        all_of_it = choice.locator("xpath=ancestor::fieldset[1]").get_by_role("radio")
        ticked = all_of_it.and_(choice.page.locator(":checked"))
        press(choice.page, ticked if ticked.count() else all_of_it.first, "Space")
        while not choice.is_checked():
            choice.page.keyboard.press("ArrowDown")

    def choose(self, field: Locator, value: str) -> None:
        """Choose from a list."""
        press(field.page, field, "Home")
        while field.input_value() != value:
            field.page.keyboard.press("ArrowDown")

    def press(self, button: Locator) -> None:
        """Press a button."""
        press(button.page, button, "Enter")


def form_for(page: Page, answers: dict[str, str]) -> Locator:
    """The form that asks for this; of several the one that is about what it carries along."""
    asks = (f':has([name="{name}"]:not([type=hidden]), [name="{name}"][value="{it}"])' for name, it in answers.items())
    return page.locator(f"main form[method=post]{''.join(asks)}").last


def leave_blank(form: Locator, hand: Hand) -> bool:
    """Send it with nothing in it; False where there is nothing to be filled in, or all is ticked that can be."""
    written, choices = form.locator(WRITTEN), form.locator("[type=radio]")
    for field in written.all():
        hand.write(field, "")
    if not written.count() and (not choices.count() or choices.and_(form.page.locator(":checked")).count()):
        return False
    hand.press(button_of(form))
    return True


def fill(form: Locator, hand: Hand, answers: dict[str, str]) -> None:
    """Answer what it asks."""
    for name, answer in answers.items():
        field = form.locator(f'[name="{name}"]:not([type=hidden])')
        match field.first.evaluate("it => it.type") if field.count() else "carried along":
            case "carried along":
                pass
            case "radio":
                hand.tick(form.locator(f'[name="{name}"][value="{answer}"]'))
            case "select-one":
                hand.choose(field, answer)
            case _:
                hand.write(field, answer)


def button_of(form: Locator) -> Locator:
    """What sends it."""
    return form.locator("button:not([name=change])").last


def come_to(page: Page, *places: str) -> None:
    """The page that comes next is one of these."""
    expect(page.locator(", ".join(places)).first).to_be_visible()
