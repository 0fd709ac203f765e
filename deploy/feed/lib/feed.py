"""Feeds a CSV file to a stream that imports its rows; see the command `feed`."""

import argparse
import os
import re
import sys
from pathlib import Path

from feeding import Feeding, Rejects
from gateway import Messages, Refused, Stream, connect
from google.protobuf.message import DecodeError
from kinds import CUSTOMERS, PORTAL_RECORDS
from table import BadFile, Table
from tqdm import tqdm

TOKEN_VARIABLE = "PARTNERLINK_TOKEN"
KINDS = {"customers": CUSTOMERS, "portal-records": PORTAL_RECORDS}
TAKEN, SOME_REFUSED, FAILED = 0, 1, 2


def fail(text: str) -> None:
    print(f"feed: {text}", file=sys.stderr)
    sys.exit(FAILED)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="feed", allow_abbrev=False)
    words = parser.add_subparsers(dest="what", required=True)
    customers = words.add_parser(
        "customers", allow_abbrev=False,
        help="customers of a partner, each created as CreateCustomer does; reads what the export writes")
    customers.add_argument("--parent", required=True, help="the partner: partners/ID")
    customers.add_argument("--import_id", default="",
                           help="what the import is known by; by default made from the file's content")
    customers.add_argument("--new_ids", action="store_true",
                           help="the column name is not read: the server makes the ids")
    records = words.add_parser(
        "portal-records", allow_abbrev=False,
        help="which customers partners serve in other portals, as operators load them")
    records.add_argument("--reason", required=True, help="why an operator does this; for the audit")
    records.add_argument("--from", dest="begin", type=int, default=0, metavar="POSITION",
                         help="the rows before it, counted from 0, are not sent")
    for each in (customers, records):
        each.add_argument("file", type=Path, metavar="FILE.csv")
        each.add_argument("--gateway", help="http://host:port, or https://host:port")
        each.add_argument("--ca", type=Path, help="the authority of the gateway's certificate")
        each.add_argument("--protoset", type=Path, help="the suite's protoset")
        each.add_argument("--token_file", type=Path,
                          help=f"holds the token; otherwise {TOKEN_VARIABLE} does")
        each.add_argument("--rejected", type=Path,
                          help="where rows that are refused go; default FILE.rejected.csv")
        each.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser.parse_args()


def token_of(options: argparse.Namespace) -> str:
    if not options.token_file:
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        return token or fail(f"no token: give --token_file, or set {TOKEN_VARIABLE}")
    try:
        return options.token_file.read_text().strip()
    except (OSError, UnicodeDecodeError):
        return fail(f"--token_file: {options.token_file} cannot be read")


def messages_of(path: Path) -> Messages:
    try:
        return Messages(path)
    except (OSError, DecodeError):
        return fail(f"--protoset: {path} is none")


def request_fields(options: argparse.Namespace, table: Table) -> dict:
    """What every message of the stream says beside its place and its rows."""
    if options.what != "customers":
        return {}
    # Whatever changes what is sent of the same file makes another import of it.
    made = f"csv-{table.digest[:40]}" + ("-new-ids" if options.new_ids else "")
    return {"parent": options.parent, "import_id": options.import_id or made}


def feed(options: argparse.Namespace) -> int:
    kind = KINDS[options.what]
    messages = messages_of(options.protoset)
    table = Table(options.file, kind.required, kind.columns,
                  skipped=("name",) if options.what == "customers" and options.new_ids else ())
    begin = getattr(options, "begin", 0)
    path = options.rejected or options.file.with_name(f"{options.file.stem}.rejected.csv")
    if path.resolve() == options.file.resolve():
        fail(f"--rejected: {path} is the file itself")
    rejects = Rejects(path, table.columns, is_continued=begin > 0)
    metadata = [("partnerlink-reason", options.reason)] if options.what != "customers" else []
    channel = connect(options.gateway, options.ca)

    def open_stream() -> Stream:
        # Read anew each time: a token lives for minutes, and a file may hold the next one.
        bearer = [("authorization", f"Bearer {token_of(options)}")]
        return Stream(channel, messages, kind.service, kind.method, metadata + bearer,
                      may_get_another_token=options.token_file is not None)

    is_shown = sys.stderr.isatty() and not options.quiet
    with tqdm(total=table.size, unit=" rows", disable=not is_shown) as bar:
        feeding = Feeding(kind, table, messages, request_fields(options, table), open_stream, rejects,
                          bar.update)
        try:
            feeding.run(is_resumable=options.what == "customers", begin=begin)
        except Refused as refusal:
            bar.close()
            again = ("the same command goes on" if options.what == "customers"
                     else f"--from {feeding.position} goes on from there")
            fail(f"{refusal}; {feeding.position} of {table.size} rows are known to be committed: {again}")
        except KeyboardInterrupt:
            bar.close()
            fail(f"interrupted; {feeding.position} of {table.size} rows are known to be committed")
    where = f", see {rejects.path}" if rejects.count else ""
    print(f"{table.size - begin} {kind.word}: {feeding.accepted} taken, {rejects.count} refused{where}")
    return SOME_REFUSED if rejects.count else TAKEN


def main() -> None:
    options = arguments()
    if options.what == "customers" and options.import_id and not re.fullmatch(
            r"[A-Za-z0-9._-]{1,64}", options.import_id):
        fail("--import_id: 1 to 64 of [A-Za-z0-9._-]")
    try:
        sys.exit(feed(options))
    except BadFile as problem:
        fail(str(problem))
    except OSError as error:
        fail(f"{error.filename or ''}: {(error.strerror or str(error)).lower()}")


if __name__ == "__main__":
    main()
