"""The files that `deploy/feed` reads: what it takes, and what it says of others."""

import csv
import sys

import descriptors
import pytest

sys.path.insert(0, str(descriptors.ROOT / "deploy/feed/lib"))

import feeding  # noqa: E402
import gateway  # noqa: E402
import kinds  # noqa: E402
import table  # noqa: E402

NAMES = ("display_name", "country")


def write(folder, text: str | bytes):
    path = folder / "file.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def customers(folder, text: str | bytes) -> table.Table:
    kind = kinds.CUSTOMERS
    return table.Table(write(folder, text), kind.required, kind.columns)


class TestTable:
    def test_rows_come_by_the_names_of_their_columns(self, tmp_path):
        read = customers(tmp_path, 'country,display_name\r\nPL,"A, ""B""\nC"\r\n\r\nDE,D\r\n')
        assert read.size == 2
        assert [(row.position, row.values["display_name"]) for row in read.rows()] == [
            (0, 'A, "B"\nC'), (1, "D")]

    def test_a_mark_before_the_first_name_is_no_part_of_it(self, tmp_path):
        assert customers(tmp_path, b"\xef\xbb\xbfdisplay_name,country\nA,PL\n").columns == list(NAMES)

    def test_a_row_with_too_few_cells_is_a_problem_of_its_own(self, tmp_path):
        short, whole = customers(tmp_path, "display_name,country\nA\nB,PL\n").rows()
        assert short.problem and not whole.problem

    @pytest.mark.parametrize("content, word", [
        ("", "is empty"), ("display_name\nA\n", "country"),
        ("display_name,country,size\n", "'size'"), ("display_name,country,country\n", "twice"),
        (b"display_name,country\n\xff,PL\n", "UTF-8"),
        ('display_name,country\n"A,PL\n', "line")])
    def test_what_is_wrong_with_a_file_is_said_in_a_line(self, tmp_path, content, word):
        with pytest.raises(table.BadFile) as problem:
            customers(tmp_path, content)
        assert word in str(problem.value) and "\n" not in str(problem.value)

    def test_a_file_that_is_not_there(self, tmp_path):
        with pytest.raises(table.BadFile, match="no such file"):
            table.Table(tmp_path / "none.csv", NAMES, NAMES)

    @pytest.mark.parametrize("cell, text", [
        ("'=1+1", "=1+1"), ("'＝1", "＝1"), ("'tis", "'tis"), ("'", "'"), ("''=1", "'=1"), ("'''+1", "''+1"), ("", "")])
    def test_the_apostrophe_of_the_export_is_taken_away(self, cell, text):
        assert table.text_of(cell) == text


class TestCustomers:
    def test_a_whole_row(self):
        values = dict.fromkeys(kinds.CUSTOMERS.columns, "") | {
            "name": "customers/a", "display_name": "A", "country": "PL", "domains": "a.example\nb.example",
            "contact.phone_number": "1", "channel": "OTHER", "labels": "tier=gold\nnote=a=b",
            "correlation_id": "7", "initial_admin.user_principal_name": "ann@a.example",
            "relationship_only": "TRUE"}
        assert kinds.customer(values) == {
            "customer": {
                "name": "customers/a", "display_name": "A", "country": "PL", "registration_number": "",
                "contact": {"display_name": "", "email_address": "", "phone_number": "1"},
                "domains": [{"name": "a.example"}, {"name": "b.example"}], "channel": "OTHER",
                "labels": {"tier": "gold", "note": "a=b"}, "correlation_id": "7"},
            "initial_admin": {"user_principal_name": "ann@a.example", "given_name": "",
                              "family_name": "", "display_name": ""},
            "relationship_only": True}

    def test_without_an_administrator_there_is_none(self):
        assert "initial_admin" not in kinds.customer({"display_name": "A", "country": "PL"})

    @pytest.mark.parametrize("cell", [{"labels": "gold"}, {"relationship_only": "perhaps"}])
    def test_a_cell_that_makes_no_sense_is_named(self, cell):
        with pytest.raises(ValueError, match=next(iter(cell))):
            kinds.customer({"display_name": "A", "country": "PL"} | cell)

    def test_its_columns_are_those_that_the_export_writes(self):
        source = (descriptors.ROOT / "services/directory/customers/csv.cc").read_text()
        written = source.split("CsvNames()")[1].split("}")[0].split("{")[-1]
        names = [name.strip(' "\n') for name in written.split(",")]
        assert len(names) == 13 and set(names) <= set(kinds.CUSTOMERS.columns)


class Server:
    """Streams that answer as ImportCustomers does; a row without a name is refused."""

    def __init__(self, messages: gateway.Messages):
        self._messages = messages
        self._answer = messages.of_method(kinds.CUSTOMERS.service, kinds.CUSTOMERS.method)[1]
        self._waiting: list = []
        self._kept: dict = {}
        self.sent: list = []

    def send(self, request) -> None:
        self._waiting.append(request)

    def receive(self):
        request = self._waiting.pop(0)
        if not request.rows:
            return self._kept.get(request.position, self._answer(
                committed_position=max((end.committed_position for end in self._kept.values()),
                                       default=0)))
        self.sent.append(request)
        answer = self._answer(committed_position=request.position + len(request.rows))
        for place, row in enumerate(request.rows):
            if row.customer.display_name:
                answer.accepted += 1
            else:
                answer.rejected.add(row=request.position + place).status.message = "is missing"
        self._kept[request.position] = answer
        return answer

    def close(self) -> None:
        self._waiting.clear()


class TestFeeding:
    @pytest.fixture
    def server(self, tmp_path) -> Server:
        path = tmp_path / "protoset"
        path.write_bytes(descriptors.compile_protos())
        self.messages = gateway.Messages(path)
        return Server(self.messages)

    def feed(self, folder, server: Server, rows: list[list[str]]) -> list[list[str]]:
        """The rows of the file of refused ones, that of names included."""
        path = folder / "file.csv"
        with open(path, "w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["display_name", "country", "channel", "labels"], *rows])
        read = table.Table(path, kinds.CUSTOMERS.required, kinds.CUSTOMERS.columns)
        rejects = feeding.Rejects(folder / "rejected.csv", read.columns, False)
        feeding.Feeding(kinds.CUSTOMERS, read, self.messages, {"parent": "partners/a"},
                        lambda: server, rejects, lambda _: None).run(True)
        with open(folder / "rejected.csv", encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def test_fed_again_a_refused_row_has_the_same_reason(self, tmp_path, server):
        rows = [["A", "PL", "PIGEON", ""], ["B", "PL", "", "gold"], ["C", "PL", "", ""], ["D"]]
        first = self.feed(tmp_path, server, rows)
        assert [(row[0], word in row[2]) for row, word in zip(
            first[1:], ("PIGEON", "key=value", "cells"), strict=True)] == [
                ("1", True), ("2", True), ("4", True)]
        assert self.feed(tmp_path, server, rows) == first
        assert len(server.sent) == 1

    def test_a_row_that_is_too_large_is_refused_by_itself(self, tmp_path, server):
        wide = ["L" * 120_000, "P" * 120_000, "", "key=" + "x" * 100_000]
        whole = ["A", "PL", "", ""]
        limit, feeding.MOST_BYTES = feeding.MOST_BYTES, 300_000
        try:
            refused = self.feed(tmp_path, server, [whole, wide, whole])
        finally:
            feeding.MOST_BYTES = limit
        assert [row[0] for row in refused[1:]] == ["2"] and "300000 bytes" in refused[1][2]
        assert [row.customer.display_name for row in server.sent[0].rows] == ["A", "", "A"]

    def test_a_row_that_is_too_long_keeps_its_cells(self, tmp_path, server):
        [_, refused] = self.feed(tmp_path, server, [["A", "PL", "", "", "more", "still"]])
        assert refused[3:] == ["A", "PL", "", "", "more", "still"]


def test_a_portal_record():
    values = {"portal": "office", "partner_number": "7", "customer": "customers/a",
              "company.display_name": "A", "company.country": "PL", "company.domains": "a.example",
              "company.contact.email_address": "ann@a.example", "roles": "user_admin\nlicense_admin"}
    assert kinds.portal_record(values) == {
        "portal": "office", "partner_number": "7", "customer": "customers/a",
        "roles": ["user_admin", "license_admin"],
        "company": {"display_name": "A", "country": "PL", "registration_number": "",
                    "contact": {"display_name": "", "email_address": "ann@a.example",
                                "phone_number": ""}, "domains": ["a.example"]}}
