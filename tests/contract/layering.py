"""Which way code may depend (the house's rules), as rules over the files' includes and words."""

import re
from dataclasses import dataclass, field
from pathlib import Path

INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
GENERATED = re.compile(r"(partnerlink|google)/.*")
# Parts of a room that may be used by the other rooms of its service, besides rules.h and store.h.
OPEN_HEADERS = {"rules.h", "store.h"}
OPEN_OF_ROOM = {
    "services/invitation/invitations": {"events.h", "issuing.h"},
    "services/directory/customers": {"events.h"},
    "services/directory/orders": {"holding.h"},
    "services/directory/subscriptions": {"events.h", "sight.h", "state_now.h"},
    "services/directory/users": {"events.h"},
    "services/relationship/relationships": {"establishing.h"},
    "services/relationship/grants": {"termination.h"},
}


@dataclass
class Source:
    """A C++ file: its path from the root, its includes, its text without comments."""

    path: str
    includes: list[str]
    text: str
    is_test: bool = field(init=False)

    def __post_init__(self):
        name = self.path.rpartition("/")[2]
        self.is_test = (
            "_test." in name or "_fixture." in name or "/testing/" in self.path
            or self.path.startswith("tests/")
        )

    @property
    def folder(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def service(self) -> str | None:
        return service_of(self.path)


def service_of(path: str) -> str | None:
    match = re.match(r"services/(\w+)/", path)
    return match[1] if match else None


def read_sources(root: Path) -> list[Source]:
    """Every C++ file of the project that is not a test."""
    sources = []
    for top in ("common", "services"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (".h", ".cc"):
                text = path.read_text()
                bare = re.sub(r"//[^\n]*", "", text)
                source = Source(str(path.relative_to(root)), INCLUDE.findall(text), bare)
                if not source.is_test:
                    sources.append(source)
    return sources


def rooms(sources: list[Source]) -> set[str]:
    """The folders that hold RPCs."""
    return {source.folder for source in sources if source.name == "handlers.h"}


def grpc_at_the_edge(source: Source, _) -> list[str]:
    """grpcpp only in common/{rpc,server,auth}, service.*, peers and mains."""
    if re.match(r"common/(rpc|server|auth)/|services/\w+/(service|main|\w*peers?\w*)\.", source.path):
        return []
    return [i for i in source.includes if re.match(r"grpc(pp)?/", i)]


def sql_in_stores(source: Source, _) -> list[str]:
    """pqxx only in common/postgres, common/outbox and store.*."""
    if re.match(r"common/(postgres|outbox)/", source.path) or source.name.startswith("store."):
        return []
    return [i for i in source.includes if i.startswith("pqxx/") or i == "libpq-fe.h"
            and source.path != "common/server/flags.cc"]


def rules_are_pure(source: Source, _) -> list[str]:
    """rules.* include messages, context, status, pure shapes and decisions, nothing else of ours."""
    if not source.name.startswith("rules."):
        return []
    allowed = re.compile(
        r"common/(context|status|validation|request)/|common/access/(decision|grant_terms|permission)\.h$"
        r"|services/\w+/message/validate\.h$"
        rf"|{re.escape(source.folder)}/rules\.h$"
    )
    impure = re.compile(r"absl/(synchronization|time/clock|flags)|^(thread|mutex|chrono|fstream)$")
    return [
        i for i in source.includes
        if impure.match(i)
        or re.match(r"(common|services|grpcpp|grpc|pqxx)/", i) and not allowed.match(i)
    ]


def services_stay_apart(source: Source, _) -> list[str]:
    """A service never includes another service's folder, and common no service's."""
    return [i for i in source.includes if service_of(i) and service_of(i) != source.service]


def rooms_by_their_doors(source: Source, sources: list[Source]) -> list[str]:
    """A room includes another room only through its rules.h or store.h."""
    all_rooms = rooms(sources)
    if source.folder not in all_rooms:
        return []
    found = []
    for include in source.includes:
        folder, _, name = include.rpartition("/")
        doors = OPEN_HEADERS | OPEN_OF_ROOM.get(folder, set())
        if folder in all_rooms - {source.folder} and name not in doors:
            found.append(include)
    return found


def flags_in_mains(source: Source, _) -> list[str]:
    """Flags are defined and read only in mains and in common/server/flags.cc."""
    if source.name == "main.cc" or source.path == "common/server/flags.cc":
        return []
    found = [i for i in source.includes if i.startswith("absl/flags/")]
    return found + re.findall(r"\b(?:ABSL_FLAG|absl::GetFlag|getenv)\b", source.text)


def rpc_files_tell_a_story(source: Source, sources: list[Source]) -> list[str]:
    """No SQL, reactor, mutex, clock, sleep or log line in a room's RPC files."""
    if source.folder not in rooms(sources) or re.match(r"(store|expiry|job)\.", source.name):
        return []
    mechanics = r"common/log/|absl/synchronization/|absl/time/clock\.h$|(mutex|thread|chrono)$"
    found = [i for i in source.includes if re.match(mechanics, i)]
    return found + re.findall(r"\b(?:SELECT|INSERT INTO|DELETE FROM|UPDATE \w+ SET)\b", source.text)


def exceptions_end_in_postgres(source: Source, _) -> list[str]:
    """What the database throws ends in common/postgres: neither services nor the outbox catch."""
    if not re.match(r"services/|common/outbox/", source.path):
        return []
    return re.findall(r"\bcatch \(.*?\)", source.text)


def handlers_see_no_edge(source: Source, sources: list[Source]) -> list[str]:
    """No way back up: a room knows neither the adapter, the server nor the process."""
    if source.folder not in rooms(sources):
        return []
    return [i for i in source.includes if re.match(r"common/(rpc|server|auth|process)/", i)]


RULES = [
    grpc_at_the_edge,
    sql_in_stores,
    rules_are_pure,
    services_stay_apart,
    rooms_by_their_doors,
    flags_in_mains,
    rpc_files_tell_a_story,
    exceptions_end_in_postgres,
    handlers_see_no_edge,
]


def violations(rule, root: Path) -> list[str]:
    """`path: what` for everything that breaks the rule."""
    sources = read_sources(root)
    return [f"{source.path}: {what}" for source in sources for what in rule(source, sources)]
