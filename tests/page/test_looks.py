"""Languages, and what people need who cannot see well, use no mouse or have a small screen."""

import pytest
import stubs
from browser import DESKTOP, NARROW, PHONE
from suite import await_true
from test_answering import fragment

LANGUAGES = ["en", "de", "pl"]
STATES = {
    "asked": {"lookup": [(200, stubs.combined(signUpUrl="https://partnerlink.example/signup"))]},
    "closed": {"lookup": [(200, stubs.combined(acceptable=False, state="EXPIRED",
                                               notAcceptableReason="INVITATION_EXPIRED"))]},
    "used": {"lookup": [(200, stubs.combined(acceptable=False, state="ACCEPTED",
                                             notAcceptableReason="INVITATION_USED"))]},
    "wrong": {"lookup": [(404, stubs.refusal("INVITATION_NOT_FOUND"))]},
    "failed": {"lookup": [(503, stubs.refusal("DEPENDENCY_UNAVAILABLE"))]},
}
# Controls without a name, as a reader of the screen would find them.
UNNAMED = """
  const named = (each) => (each.labels && each.labels.length && each.labels[0].textContent.trim())
    || each.getAttribute('aria-label') || (!each.labels && each.textContent.trim())
    || (each.tagName === 'BUTTON' && each.textContent.trim());
  return [...document.querySelectorAll('input, select, textarea, button, a')]
    .filter((each) => each.checkVisibility() && !named(each)).map((each) => each.outerHTML);"""
# Texts whose colour is too near to the one behind them.
PALE = """
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => numbers(colour).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (each) => {
    const colour = getComputedStyle(each).backgroundColor;
    return numbers(colour)[3] === 0 ? behind(each.parentElement) : colour;
  };
  const contrast = (each) => {
    const [a, b] = [light(getComputedStyle(each).color), light(behind(each))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const written = [...document.querySelectorAll('body *')].filter((each) => each.checkVisibility()
    && [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
  return written.filter((each) => contrast(each) < 4.5).map((each) => each.outerHTML);"""


def show(browser, state: str, query: str = "") -> None:
    browser.run_first(stubs.answering(**STATES[state]))
    browser.open("x", query)
    if state == "asked":
        browser.sign_in("a.b.c")
        browser.run("document.getElementById('company').hidden = false")
        browser.click("#accept > button")
        assert browser.sees("#refusal, .error")


class TestLanguages:
    @pytest.mark.parametrize("language, title, agreement, role", [
        ("en", "Contoso would like to be your reseller", "By accepting", "manage your users"),
        ("de", "Contoso möchte Ihr Reseller werden", "Mit der Annahme", "Ihre Benutzer verwalten"),
        ("pl", "Contoso chce zostać Państwa resellerem", "Przyjmując", "zarządzanie użytkownikami"),
    ])
    def test_everything_is_in_the_language(self, browser, world, language, title, agreement, role):
        browser.open(fragment(world.invite().link), f"?lang={language}")
        browser.picture(f"good-{language}-desktop")
        assert browser.title == title
        assert browser.text("#agreement-text").startswith(agreement)
        assert browser.texts("#effects-list li li")[0] == role
        assert browser.run("return document.documentElement.lang") == language
        assert browser.find("#agreement-text").get_attribute("lang") == language
        assert browser.run("return document.title") == f"{title} – Partnerlink"

    def test_agreement_says_in_which_language_it_came(self, browser):
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked())]))
        browser.open("x", "?lang=pl")
        assert browser.find("#agreement-text").get_attribute("lang") == "en"

    @pytest.mark.parametrize("asked, browser_s, language", [
        ("", "pl-PL,en-US", "pl"), ("", "fr-FR,de-AT", "de"), ("", "fr-FR", "en"),
        ("?lang=de-CH", "pl-PL", "de"), ("?lang=PL", "en-US", "pl"), ("?lang=xx", "pl-PL", "pl"),
        ("?lang=constructor", "pl-PL", "pl"), ("?lang=", "de-DE", "de"),
    ])
    def test_choice(self, browser, asked, browser_s, language):
        browser.use_languages(browser_s)
        browser.open("", asked)
        assert browser.run("return document.documentElement.lang") == language

    def test_switch_keeps_what_is_filled_in(self, browser, world, admin):
        browser.open(fragment(world.invite().link))
        browser.sign_in(admin.token)
        browser.click("#roles input[value=user_admin]")
        browser.click("#confirm")
        browser.fill("#reason", "Nein, danke.")
        browser.click("#languages button[lang=de]")
        assert browser.title == "Contoso möchte Ihr Reseller werden"
        assert browser.text("#agreement-text").startswith("Mit der Annahme")
        assert browser.is_set("#confirm") and not browser.is_set("#roles input[value=user_admin]")
        assert browser.find("#reason").get_attribute("value") == "Nein, danke."
        assert browser.run("return location.search") == "?lang=de"
        assert browser.find("#languages [aria-pressed=true]").text == "Deutsch"
        assert browser.run("return document.activeElement.lang") == "de"

    def test_every_language_has_every_word_and_value(self, browser):
        browser.open()
        tables = {language: browser.words(language) for language in LANGUAGES}
        for language, table in tables.items():
            assert table.keys() == tables["en"].keys(), language
            for key, words in table.items():
                values = {word for word in ("partner", "provider", "days", "seconds", "why", "type")
                          if f"{{{word}}}" in words}
                english = {word for word in ("partner", "provider", "days", "seconds", "why", "type")
                           if f"{{{word}}}" in tables["en"][key]}
                assert values == english or key.startswith("lead."), f"{language} {key}"

    def test_names_of_other_scripts_stand_right(self, browser):
        name = "חברת ענן"
        browser.run_first(stubs.answering(lookup=[
            (200, stubs.looked(partner=stubs.PARTNER | {"displayName": name}))]))
        browser.open("x")
        assert browser.title == f"\u2068{name}\u2069 would like to be your reseller"


class TestForEveryone:
    @pytest.mark.parametrize("state", STATES)
    def test_page_is_well_made(self, browser, state):
        show(browser, state)
        assert len(browser.texts("h1")) == 1
        assert browser.run("return document.documentElement.lang") == "en"
        assert browser.run(UNNAMED) == []
        assert browser.run("const ids = [...document.querySelectorAll('[id]')].map(({id}) => id);"
                           "return ids.filter((id, place) => ids.indexOf(id) !== place)") == []
        assert len(browser.all("main, header, nav[aria-label]")) == 3
        levels = browser.run("return [...document.querySelectorAll('h1, h2, h3')]"
                             ".filter((each) => each.checkVisibility()).map((each) => +each.tagName[1])")
        assert all(after - before <= 1 for before, after in zip(levels, levels[1:]))

    @pytest.mark.parametrize("state", STATES)
    def test_text_is_dark_enough(self, browser, state):
        show(browser, state)
        for colours in ("light", "dark"):
            browser.use_colours(colours)
            assert browser.run(PALE) == [], colours
            browser.picture(f"{state}-{colours}-desktop")

    def test_control_an_unnamed_field_and_a_pale_text_are_found(self, browser):
        browser.open()
        browser.run("const field = document.createElement('input'), pale = document.createElement('p');"
                    "pale.textContent = 'pale'; pale.style.setProperty('color', '#999999');"
                    "document.querySelector('main').append(field, pale)")
        assert len(browser.run(UNNAMED)) == 1
        assert browser.run(PALE) == ['<p style="color: rgb(153, 153, 153);">pale</p>']

    @pytest.mark.parametrize("planted", [
        "try { document.body.innerHTML = '<b>markup</b>'; } catch {}",
        "document.body.append(Object.assign(document.createElement('style'), {textContent: 'b {}'}))",
        "fetch('https://partnerlink.example/').catch(() => {})",
        "setTimeout(() => { throw new Error('planted'); })",
    ])
    def test_control_what_the_policy_forbids_is_complained_of(self, browser, planted):
        browser.open()
        assert browser.complaints() == []
        browser.run(planted)
        await_true(lambda: browser.complaints() != [], 5)
        browser.requests().clear()

    @pytest.mark.parametrize("state", STATES)
    def test_page_fits_the_screen(self, browser, state):
        show(browser, state, "?lang=de")
        for width in (DESKTOP, PHONE, NARROW):
            browser.set_width(width)
            assert browser.run("return document.documentElement.scrollWidth") <= width
            browser.picture(f"{state}-{width}")

    def test_progress_and_result_are_said(self, browser):
        """A live region says what is under way; a second push of the button sends nothing."""
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked())]) + """
          const send = window.fetch;
          window.fetch = async (url, options) => {
            if (url.endsWith(':decline')) await new Promise((done) => { window.answer = done; });
            return send(url, options);
          };""")
        browser.open("x")
        browser.sign_in("a.b.c")
        assert browser.find("#status").get_attribute("role") == "status"
        said = browser.run("const button = document.querySelector('#decline button');"
                           "button.click(); button.click();"
                           "return [document.getElementById('status').textContent, button.ariaDisabled]")
        assert said == ["Sending your answer …", "true"]
        browser.run("window.answer()")
        browser.settle()
        assert browser.text("#status") == ""
        assert browser.focused == "refusal"
        assert len(browser.calls("decline")) == 1
