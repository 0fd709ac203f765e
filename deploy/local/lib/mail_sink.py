"""A mail server that keeps what it gets: each mail is a file, and nothing is passed on.

It takes mails by STARTTLS only. A file's name begins with the time, so that they sort as they came.
"""

import argparse
import itertools
import os
import signal
import ssl
import time
from pathlib import Path

from aiosmtpd.controller import Controller


class Folder:
    """Keeps mails as files that only their owner reads."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802
        stem = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.getpid()}-{next(self._numbers)}"
        head = f"Return-Path: <{envelope.mail_from}>\r\n" + "".join(
            f"Delivered-To: {recipient}\r\n" for recipient in envelope.rcpt_tos)
        unfinished = self._folder / f"{stem}.new"
        with open(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(head.encode() + envelope.original_content)
        unfinished.rename(self._folder / f"{stem}.eml")
        return "250 2.0.0 Kept"


def main() -> None:
    parser = argparse.ArgumentParser(prog="mail_sink", allow_abbrev=False)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", required=True)
    parser.add_argument("--key", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    options = parser.parse_args()

    ends = (signal.SIGTERM, signal.SIGINT)
    signal.pthread_sigmask(signal.SIG_BLOCK, ends)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(options.certificate, options.key)
    server = Controller(
        Folder(options.folder), hostname="127.0.0.1", port=options.port,
        server_hostname="localhost", tls_context=tls, require_starttls=True)
    server.start()
    signal.sigwait(ends)
    server.stop()


if __name__ == "__main__":
    main()
