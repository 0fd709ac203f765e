"""The gateway's configuration: rendered for each kind of deployment, and taken by Envoy."""

import json
import re
import subprocess

import descriptors
import pytest

RENDER = descriptors.ROOT / "deploy/envoy/render"
LOCAL = """
[gateway]
address = "127.0.0.1"
port = 18080
admin_port = 18081
[upstream_tls]
certificate_file = "{folder}/gateway.crt"
key_file = "{folder}/gateway.key"
ca_file = "{folder}/authority.crt"
[jwt]
issuer = "https://identity.partnerlink.example"
jwks_file = "{folder}/jwks.json"
[upstreams]
directory = "127.0.0.1:18110"
relationship = "127.0.0.1:18111"
invitation = "127.0.0.1:18112"
"""
VARIANTS = {
    "local": LOCAL,
    "tls": LOCAL.replace("[upstream_tls]", """certificate_file = "{folder}/gateway.crt"
key_file = "{folder}/gateway.key"
[upstream_tls]"""),
    "remote_jwks": LOCAL.replace('jwks_file = "{folder}/jwks.json"',
                                 'jwks_uri = "https://identity.partnerlink.example/jwks"'),
    "plain_remote_jwks": LOCAL.replace('jwks_file = "{folder}/jwks.json"',
                                       'jwks_uri = "http://127.0.0.1:18200/jwks"'),
    "by_name": LOCAL.replace('"127.0.0.1:1811', '"service.partnerlink.svc:1811')
    .replace('address = "127.0.0.1"', 'address = "0.0.0.0"'),
    "metrics": LOCAL.replace("admin_port = 18081", "admin_port = 18081\nmetrics_port = 18082"),
    "cors": LOCAL + '[cors]\nallow_origins = ["https://portal.partnerlink.example"]\n',
    "tls_remote_jwks_cors": LOCAL.replace("[upstream_tls]", """certificate_file = "{folder}/gateway.crt"
key_file = "{folder}/gateway.key"
[upstream_tls]""").replace('jwks_file = "{folder}/jwks.json"',
                           'jwks_uri = "https://identity.partnerlink.example/jwks"')
    + '[cors]\nallow_origins = ["https://portal.partnerlink.example"]\n',
}
JWKS = """{"keys": [{"kty": "EC", "crv": "P-256", "alg": "ES256", "kid": "a", "use": "sig",
"x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
"y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]}"""


@pytest.fixture(scope="module")
def files(work):
    """A folder with a certificate, its authority and a key set."""
    folder = work / "gateway"
    folder.mkdir()
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=gateway", "-keyout", folder / "gateway.key",
         "-out", folder / "gateway.crt"],
        check=True, capture_output=True,
    )
    (folder / "authority.crt").write_bytes((folder / "gateway.crt").read_bytes())
    (folder / "jwks.json").write_text(JWKS)
    return folder


def render(tools, protoset_file, folder, settings: str) -> subprocess.CompletedProcess:
    folder.mkdir()
    (folder / "settings.toml").write_text(settings)
    return subprocess.run(
        [tools / "venv/bin/python", RENDER, "--protoset", protoset_file,
         "--settings", folder / "settings.toml", "--output", folder / "out"],
        capture_output=True, text=True, check=False,
    )


def validate(tools, configuration) -> subprocess.CompletedProcess:
    envoy = next(tools.glob("venv/lib/python3*/site-packages/envoy/_bin/envoy"))
    return subprocess.run([envoy, "--mode", "validate", "-c", configuration, "-l", "warn"],
                          capture_output=True, text=True, check=False)


@pytest.mark.parametrize("variant", VARIANTS)
def test_envoy_takes_the_configuration(tools, protoset_file, files, work, variant):
    folder = work / f"gateway-{variant}"
    rendered = render(tools, protoset_file, folder, VARIANTS[variant].format(folder=files))
    assert rendered.returncode == 0, rendered.stderr
    result = validate(tools, folder / "out/envoy.yaml")
    assert result.returncode == 0, result.stderr


def test_envoy_refuses_a_planted_fault(tools, protoset_file, files, work):
    folder = work / "gateway-fault"
    render(tools, protoset_file, folder, LOCAL.format(folder=files))
    configuration = folder / "out/envoy.yaml"
    configuration.write_text(configuration.read_text().replace("healthy_panic_threshold",
                                                               "no_such_setting"))
    assert validate(tools, configuration).returncode != 0


@pytest.mark.parametrize("old, new, named", [
    ("port = 18080", "port = 0", "gateway.port"),
    ('jwks_file = "{folder}/jwks.json"', "", "jwks"),
    ('directory = "127.0.0.1:18110"\n', "", "upstreams.directory"),
    ("[upstreams]", '[upstreams]\nbilling = "127.0.0.1:1"', "upstreams.billing"),
    ("[jwt]", "[jwt]\nsecret = 1", "secret"),
])
def test_wrong_settings_are_named_and_nothing_is_written(tools, protoset_file, files, work, old, new,
                                                         named, request):
    folder = work / f"gateway-{abs(hash(request.node.name))}"
    settings = LOCAL.replace(old, new).format(folder=files)
    rendered = render(tools, protoset_file, folder, settings)
    assert rendered.returncode != 0
    assert named in rendered.stderr
    assert not (folder / "out/envoy.yaml").exists()


def test_page_is_in_every_deployment_whole(tools, protoset_file, files, work):
    """Its text lies in the configuration: nothing else needs to be handed out with it."""
    folder = work / "gateway-page"
    render(tools, protoset_file, folder, LOCAL.format(folder=files))
    text = (folder / "out/envoy.yaml").read_text()
    page = descriptors.ROOT / "deploy/envoy/invite"
    served = [file for file in page.iterdir() if file.suffix != ".md"]
    assert len(served) > 3
    most = int(re.search(r"max_direct_response_body_size_bytes: (\d+)", text)[1])
    for file in served:
        path = "/invite" if file.name == "index.html" else f"/invite/{file.name}"
        assert text.count(f'path: "{path}"') == 1
        assert json.dumps(file.read_text(), ensure_ascii=False) in text
        assert len(file.read_bytes()) <= most


def test_every_public_method_is_routed_and_no_internal_one(tools, protoset_file, files, work):
    folder = work / "gateway-routes"
    render(tools, protoset_file, folder, LOCAL.format(folder=files))
    text = (folder / "out/envoy.yaml").read_text()
    for method in descriptors.load().methods:
        assert (f'path: "{method.path}"' in text) == method.is_public, method.name


def test_a_client_cannot_say_from_where_it_comes(tools, protoset_file, files, work):
    folder = work / "gateway-address"
    render(tools, protoset_file, folder, LOCAL.format(folder=files))
    text = (folder / "out/envoy.yaml").read_text()
    removed = text.index('{key_matcher: {prefix: x-partnerlink-, ignore_case: true}}')
    added = text.index('key: x-partnerlink-client-address, '
                       'value: "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%"')
    assert removed < added
    assert "append_action: OVERWRITE_IF_EXISTS_OR_ADD" in text[added:added + 200]
