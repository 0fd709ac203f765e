"""How the gateway serves the page: what is there, with which headers, and nothing else changed."""

import http.client
import http.server
import threading
import urllib.request

import pytest
from descriptors import ROOT
from test_answering import fragment

FILES = {"/invite": "text/html; charset=utf-8"} | {
    f"/invite/{file.name}": {".css": "text/css", ".js": "text/javascript"}[file.suffix] + "; charset=utf-8"
    for file in (ROOT / "deploy/envoy/invite").iterdir() if file.suffix in (".css", ".js")}


def exchange(suite, verb: str, path: str, headers: dict = {}):
    connection = http.client.HTTPConnection(suite.gateway, timeout=10)
    try:
        connection.request(verb, path, headers=headers)
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


@pytest.mark.parametrize("path", FILES)
def test_file_is_served_whole_with_its_headers(suite, path):
    response, content = exchange(suite, "GET", path)
    name = path.removeprefix("/invite").lstrip("/") or "index.html"
    assert (response.status, content) == (200, (ROOT / "deploy/envoy/invite" / name).read_bytes())
    assert response.getheader("content-type") == FILES[path]
    policy = response.getheader("content-security-policy").split("; ")
    for rule in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'",
                 "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"):
        assert rule in policy
    assert "unsafe" not in " ".join(policy)
    assert response.getheader("x-content-type-options") == "nosniff"
    assert response.getheader("referrer-policy") == "no-referrer"
    assert response.getheader("cache-control") == "no-store"
    assert response.getheader("permissions-policy")


@pytest.mark.parametrize("path", FILES)
def test_head_tells_the_same_without_the_content(suite, path):
    got, content = exchange(suite, "GET", path)
    head, nothing = exchange(suite, "HEAD", path)
    assert nothing == b""
    assert head.status == 200
    assert int(head.getheader("content-length")) == len(content)
    own = {"date", "x-request-id"}
    assert {pair for pair in head.getheaders() if pair[0] not in own} == {
        pair for pair in got.getheaders() if pair[0] not in own}


@pytest.mark.parametrize("verb", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "get"])
def test_no_other_verb(suite, verb):
    response, content = exchange(suite, verb, "/invite")
    assert response.status in (400, 404), content
    assert b"<html" not in content


@pytest.mark.parametrize("path", ["/invite/invite", "/invite/index.html", "/invite/README.md", "/invite.html",
                                  "/Invite", "/invite/..%2fenvoy.yaml", "/invite/nothing.js", "/"])
def test_nothing_else_is_there(suite, path):
    response, content = exchange(suite, "GET", path)
    assert response.status in (400, 404)
    assert response.getheader("content-type") == "application/json"
    assert b'"partnerlink"' in content


@pytest.mark.parametrize("query, place", [
    ("", "../invite"), ("?lang=pl", "../invite?lang=pl"), ("?x=1&lang=de-AT", "../invite?lang=de-AT"),
    ("?x=1", "../invite"), ("?lang=", "../invite"), ("?lang=a%0d%0aset-cookie:%20b", "../invite")])
def test_a_slash_behind_leads_to_the_page(suite, query, place):
    for verb in ("GET", "HEAD"):
        response, content = exchange(suite, verb, f"/invite/{query}")
        assert (response.status, content) == (308, b"")
        assert response.getheader("location") == place
        assert response.getheader("set-cookie") is None
    response, content = exchange(suite, "POST", f"/invite/{query}")
    assert response.status == 404, content


def test_a_slash_behind_keeps_link_and_language(browser, world):
    link = fragment(world.invite().link)
    browser.driver.get(f"{browser.origin}/invite/?lang=de#{link}")
    browser.settle()
    assert browser.title == "Contoso möchte Ihr Reseller werden"
    assert browser.run("return location.href") == f"{browser.origin}/invite?lang=de#{link}"


def test_credentials_and_queries_make_no_difference(suite):
    _, plain = exchange(suite, "GET", "/invite")
    response, content = exchange(suite, "GET", "/invite?lang=de", {"authorization": "Bearer nonsense"})
    assert (response.status, content) == (200, plain)


class Portal(http.server.BaseHTTPRequestHandler):
    """A deployer's web server, which has the gateway below a path of its own."""

    gateway = ""

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._pass_on(None)

    def do_POST(self):
        self._pass_on(self.rfile.read(int(self.headers["content-length"])))

    def _pass_on(self, body):
        if not self.path.startswith("/portal/"):
            self.send_error(404)
            return
        url = f"http://{self.gateway}{self.path.removeprefix('/portal')}"
        sent = {name: self.headers[name] for name in ("content-type", "authorization")
                if name in self.headers}
        with urllib.request.urlopen(urllib.request.Request(url, body, sent), timeout=10) as answer:
            content = answer.read()
            self.send_response(answer.status)
            for name in ("content-type", "content-security-policy"):
                self.send_header(name, answer.headers[name] or "")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)


def test_another_link_base_is_all_the_same(browser, world, suite, admin):
    """The page asks for its files and makes its calls beside itself, wherever that is."""
    Portal.gateway = suite.gateway
    with http.server.ThreadingHTTPServer(("localhost", 0), Portal) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        known = world.accept(partner=world.fabrikam).customer
        browser.open(fragment(world.invite().link), origin=f"http://localhost:{server.server_port}/portal")
        browser.sign_in(known.token)
        browser.click("#confirm")
        browser.click("#accept > button")
        assert browser.title == "You have accepted the invitation"
        asked = {each["url"].split("/portal")[0] for each in browser.requests()
                 if each["url"].startswith("http")}
        assert asked == {f"http://localhost:{server.server_port}"}
        browser.end()
        server.shutdown()
