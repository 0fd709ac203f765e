"""The page behind an invitation's link, as the gateway's own answers to its paths."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "invite"
START = "index.html"
PATH = "/invite"
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}
# What the browser may do for the page: its own files, calls to where it comes from, nothing else.
POLICY = "; ".join([
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
    "img-src 'self' data:", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    "require-trusted-types-for 'script'", "trusted-types 'none'",
])
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # An access token may lie in the page: it is kept nowhere.
    "cache-control": "no-store",
}
# What Envoy holds of a file; its own default is 4 KiB.
MAX_BYTES = 65536


@dataclass(frozen=True)
class File:
    """Served at `path`."""

    path: str
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Redirect:
    """From `path`, where `lang` of the query matches `language` or `language` is empty."""

    path: str
    language: str
    location: str


def redirects() -> list[Redirect]:
    """With a slash behind, the page would look for its files elsewhere. The place is said as beside
    the one that was asked for, as the page may lie below a path; browsers keep the fragment."""
    return [Redirect(f"{PATH}/", "[A-Za-z0-9-]+", f"..{PATH}?lang=%QUERY_PARAM(lang)%"),
            Redirect(f"{PATH}/", "", f"..{PATH}")]


def files() -> list[File]:
    """The page's files, the page itself first."""
    found = sorted(file for file in FOLDER.iterdir() if file.suffix in TYPES)
    served = [_served(file) for file in sorted(found, key=lambda file: file.name != START)]
    for file in served:
        if len(file.text.encode()) > MAX_BYTES:
            raise ValueError(f"{file.path} is larger than {MAX_BYTES} bytes")
    return served


def _served(file: Path) -> File:
    path = PATH if file.name == START else f"{PATH}/{file.name}"
    return File(path, {"content-type": TYPES[file.suffix]} | HEADERS, file.read_text())
