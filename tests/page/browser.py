"""Chromium without a screen, and what the tests ask of it again and again."""

import base64
import json
import os
from pathlib import Path
from urllib.parse import urlsplit

from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select
from suite import await_true

PATIENCE = 10
DESKTOP, PHONE, NARROW = 1100, 390, 320
# What answers a call with a refusal is no fault of the page, though Chromium logs it as an error.
REFUSED_CALL = "/v1/invitations:"


def start() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-US",
                     "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync"):
        options.add_argument(argument)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(options, webdriver.ChromeService("/usr/bin/chromedriver"))


class Browser:
    """One tab. Each test has it empty, in English and at a desktop's width."""

    def __init__(self, driver: webdriver.Chrome, gateway: str, pictures: Path):
        self.driver = driver
        self.origin = f"http://{gateway}"
        self._pictures = pictures
        self._scripts: list[str] = []
        self._agent = self.run("return navigator.userAgent")
        self._logged: list[dict] = []

    def cdp(self, command: str, **arguments) -> dict:
        return self.driver.execute_cdp_cmd(command, arguments)

    def run(self, script: str, *arguments):
        return self.driver.execute_script(script, *arguments)

    def begin(self) -> None:
        self.cdp("Network.enable")
        self.cdp("Network.setBlockedURLs", urls=[])
        self.cdp("Emulation.setTimezoneOverride", timezoneId="Europe/Warsaw")
        self.use_colours("light")
        self.use_languages("en-US")
        self.set_width(DESKTOP)
        for kind in ("browser", "performance"):
            self.driver.get_log(kind)
        self._logged = []

    def end(self) -> None:
        for script in self._scripts:
            self.cdp("Page.removeScriptToEvaluateOnNewDocument", identifier=script)
        self._scripts = []
        self.driver.get("about:blank")

    def run_first(self, script: str) -> None:
        """Before the scripts of every page that is opened from now on."""
        made = self.cdp("Page.addScriptToEvaluateOnNewDocument", source=script)
        self._scripts.append(made["identifier"])

    def set_width(self, width: int, height: int = 800, zoom: int = 1) -> None:
        """Of the screen; zoomed, the page has that much less room, and each point is drawn larger."""
        self.cdp("Emulation.setDeviceMetricsOverride", width=width // zoom, height=height // zoom,
                 deviceScaleFactor=zoom, mobile=width < DESKTOP)

    def use_languages(self, languages: str) -> None:
        self.cdp("Emulation.setUserAgentOverride", userAgent=self._agent, acceptLanguage=languages)

    def use_colours(self, scheme: str) -> None:
        self.cdp("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, fragment: str = "", query: str = "", origin: str = "") -> None:
        """The page, with what it shows first settled."""
        if self.driver.current_url != "about:blank":
            # Another fragment alone would open nothing anew.
            self.driver.get("about:blank")
        fragment = f"#{fragment}" if fragment else ""
        self.origin = origin or self.origin
        self.driver.get(f"{self.origin}/invite{query}{fragment}")
        self.settle()

    def settle(self) -> None:
        """Until nothing is under way any more."""
        await_true(lambda: self.run(
            "return document.readyState === 'complete' && !document.body.hasAttribute('aria-busy')"
            " && document.getElementById('title').textContent !== 'Partnerlink'"), PATIENCE)

    # What is there to see.

    def find(self, selector: str):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def sees(self, selector: str) -> bool:
        return any(each.is_displayed() for each in self.all(selector))

    def text(self, selector: str = "main") -> str:
        return self.find(selector).text

    def texts(self, selector: str) -> list[str]:
        return [each.text for each in self.all(selector) if each.is_displayed()]

    @property
    def title(self) -> str:
        return self.text("h1")

    @property
    def focused(self) -> str:
        """The id of what has the focus."""
        return self.run("return document.activeElement.id")

    def is_set(self, selector: str) -> bool:
        return self.find(selector).is_selected()

    def words(self, language: str) -> dict[str, str]:
        """The page's table of a language."""
        return self.run("return import('./invite/text.js').then(({LANGUAGES}) => "
                        "LANGUAGES[arguments[0]])", language)

    # What a person does.

    def fill(self, selector: str, text: str) -> None:
        self.find(selector).clear()
        self.run("arguments[0].focus()", self.find(selector))
        self.paste(text)

    def paste(self, text: str) -> None:
        """Where the focus is, all at once."""
        self.cdp("Input.insertText", text=text)

    def choose(self, selector: str, value: str) -> None:
        Select(self.find(selector)).select_by_value(value)

    def click(self, selector: str) -> None:
        self.find(selector).click()
        self.settle()

    def press(self, *keys: str) -> None:
        ActionChains(self.driver).send_keys(*keys).perform()
        self.settle()

    def tab_to(self, selector: str) -> None:
        """By the keyboard alone."""
        wanted = self.find(selector)
        for _ in range(60):
            if self.run("return document.activeElement === arguments[0]", wanted):
                return
            ActionChains(self.driver).send_keys(Keys.TAB).perform()
        raise AssertionError(f"no TAB leads to {selector}")

    def sign_in(self, token: str) -> None:
        self.fill("#access-token", token)
        self.click("#sign-in button")

    # What it leaves behind.

    def picture(self, name: str) -> None:
        """The whole page, into the folder of the tests' logs."""
        shot = self.cdp("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        self._pictures.mkdir(parents=True, exist_ok=True)
        (self._pictures / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def complaints(self) -> list[str]:
        """What the console says: errors of scripts, violations of the page's policy."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("WARNING", "SEVERE")
                and not (entry["source"] == "network" and REFUSED_CALL in entry["message"])]

    def requests(self) -> list[dict]:
        """Every request of the test so far."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._logged.append(message["params"]["request"])
        return self._logged

    def calls(self, method: str) -> list[dict]:
        """The bodies of the calls of this method."""
        return [json.loads(each["postData"]) for each in self.requests()
                if urlsplit(each["url"]).path.endswith(f"/v1/invitations:{method}")]
