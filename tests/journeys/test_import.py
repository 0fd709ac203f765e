"""Customers that a partner creates many at a time, by the stream and by the command `feed`."""

import signal
import time

import feeding
import pytest
from checks import refused
from suite import await_true
from test_portals import await_customers

# Of the memory that an import of any length may take, beyond an idle service's; bytes.
MOST_MORE = 128 << 20
# And after the first 10,000 rows of 40,000.
MOST_MORE_LATER = 24 << 20


def row(name: str = "", **fields) -> dict:
    customer = {"display_name": "Northwind", "country": "PL"} | fields
    return {"customer": customer | ({"name": f"customers/{name}"} if name else {})}


def chunk(partner, rows: list[dict], position: int = 0, import_id: str = "file-1") -> dict:
    return {"parent": partner.account, "import_id": import_id, "position": position, "rows": rows}


def reasons(answer) -> dict[str, str]:
    return {each["row"]: next(detail["reason"] for detail in each["status"]["details"]
                              if detail["@type"].endswith("ErrorInfo"))
            for each in answer.body["rejected"]}


def listed(partner, **fields) -> list[dict]:
    return partner.must("ListCustomers", {
        "parent": partner.account, "page_size": 500} | fields)["customers"]


def count(partner) -> int:
    return partner.must("CountCustomers", {"parent": partner.account})["totalCount"]


def await_count(partner, number: int, within: float = 10) -> None:
    await_true(lambda: count(partner) == number, within)


class TestImport:
    def test_each_row_is_a_customer_with_relationship_and_grant(self, world):
        partner, name = world.reseller(), world.unique("company")
        whole = row(name, domains=[{"name": "Wide.Example", "verified": True}], channel="OTHER",
                    labels={"tier": "gold"}, correlation_id="C-1")
        whole["initial_admin"] = {"user_principal_name": "carl@wide.example"}
        bare = row(world.unique("company")) | {"relationship_only": True}
        first, second = partner.exchange("ImportCustomers", [
            chunk(partner, [whole]), chunk(partner, [bare], 1)])
        assert [(answer.body["committedPosition"], answer.body["accepted"])
                for answer in (first, second)] == [("1", 1), ("2", 1)]
        rows = listed(partner, consistency_token=second.body["consistencyToken"])
        assert len(rows) == 2
        read = partner.must("GetCustomer", {"name": f"customers/{name}", "view": "FULL"})
        assert (read["channel"], read["labels"], read["correlationId"]) == (
            "OTHER", {"tier": "gold"}, "C-1")
        assert read["domains"] == [{"name": "wide.example", "verified": False}]
        assert len(read["grants"]) == 1 and read["userCount"] == 1
        [edge] = read["edges"]
        relationship = partner.must("GetRelationship", {"name": edge["relationship"]})
        assert (relationship["origin"], relationship["type"]) == ("CREATED", "RESELLER")
        assert partner.must("GetCustomer", {
            "name": bare["customer"]["name"], "view": "FULL"})["grants"] == []

    def test_a_wrong_row_is_rejected_by_itself(self, world):
        partner, taken = world.reseller(), world.create(world.contoso)
        good = world.unique("company")
        [answer] = partner.exchange("ImportCustomers", [chunk(partner, [
            row(taken.name.removeprefix("customers/")), row(good), row(country="pl"), row(good)])])
        assert answer.body["accepted"] == 1
        assert reasons(answer) == {
            "0": "CUSTOMER_EXISTS", "2": "FIELD_INVALID", "3": "CUSTOMER_EXISTS"}
        await_customers(partner, {f"customers/{good}"})

    def test_goes_on_where_it_was_and_answers_again(self, world):
        partner = world.reseller()
        rows = [row(country="pl"), row(), row()]
        [first] = partner.exchange("ImportCustomers", [chunk(partner, rows)])
        colleague = world.caller(partner.account, ["global_admin"], sub="gina")
        asked, again, next_one, position = colleague.exchange("ImportCustomers", [
            chunk(partner, []), chunk(partner, rows), chunk(partner, [row()], 3),
            chunk(partner, [], 9)])
        assert asked.body == again.body == first.body
        assert next_one.body["accepted"] == 1 and position.body["committedPosition"] == "4"
        await_count(partner, 3)
        [answer] = partner.exchange("ImportCustomers", [chunk(partner, [row()])])
        refused(answer, "FAILED_PRECONDITION", "IMPORT_CHANGED")
        [answer] = partner.exchange("ImportCustomers", [chunk(partner, [row()], 2)])
        refused(answer, "FAILED_PRECONDITION", "IMPORT_POSITION")
        assert answer.metadata["committed_position"] == "4"

    def test_is_for_the_partner_s_administrators(self, world):
        partner = world.reseller()
        asked = [chunk(partner, [row()])]
        for caller, code, reason in (
                (world.fabrikam, "NOT_FOUND", "RESOURCE_NOT_FOUND"),
                (world.customer(), "NOT_FOUND", "RESOURCE_NOT_FOUND"),
                (world.caller(partner.account, ["sales_agent"]), "PERMISSION_DENIED",
                 "ROLE_MISSING"),
                (world.caller(partner.account, ["helpdesk_agent"]), "PERMISSION_DENIED",
                 "ROLE_MISSING"),
                (world.anyone, "UNAUTHENTICATED", "TOKEN_MISSING")):
            [answer] = caller.exchange("ImportCustomers", asked)
            refused(answer, code, reason)
        world.suspend_partner(partner)
        [answer] = partner.exchange("ImportCustomers", asked)
        refused(answer, "FAILED_PRECONDITION", "PARTNER_SUSPENDED")

    @pytest.mark.parametrize("fields, field", [
        ({"import_id": "a b"}, "import_id"), ({"import_id": ""}, "import_id"),
        ({"position": -1}, "position"), ({"rows": [{}] * 1001}, "rows")])
    def test_a_wrong_chunk_ends_the_stream(self, world, fields, field):
        [answer] = world.contoso.exchange("ImportCustomers", [
            chunk(world.contoso, [row()], import_id=world.unique("file")) | fields])
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert answer.violations == [field]

    def test_relationships_follow_when_relationship_is_back(self, world):
        partner = world.reseller()
        world.suite.kill("relationship")
        try:
            answers = partner.exchange("ImportCustomers", [
                chunk(partner, [row() for _ in range(300)], 300 * i) for i in range(2)])
            assert [answer.body["accepted"] for answer in answers] == [300, 300]
            assert count(partner) == 0
        finally:
            world.suite.up()
        await_count(partner, 600)


class TestFeed:
    def test_what_the_export_writes_is_read(self, world, tmp_path):
        partner, other = world.reseller(), world.reseller()
        for name in ('Beta, "Inc."', "=1+2", "Ärger"):
            world.create(partner, customer={
                "display_name": name, "country": "PL", "correlation_id": name,
                "contact": {"phone_number": "+48 1"}, "domains": [{"name": "a.example"},
                                                                  {"name": "b.example"}],
                "labels": {"tier": "gold", "city": "Łódź"}})
        _, content = partner.download("ExportCustomersCsv", {"parent": partner.account})
        path = tmp_path / "list.csv"
        path.write_bytes(content)
        # They are somebody's: not even their creator may create them again.
        fed = feeding.feed_customers(world.suite, other, path)
        assert fed.code == 1 and "3 refused" in fed.last_line
        assert [each["reason"] for each in fed.rejected] == ["CUSTOMER_EXISTS"] * 3
        fed = feeding.feed_customers(world.suite, other, path, "--new_ids")
        assert (fed.code, fed.rejected) == (0, [])
        assert fed.last_line == "3 customers: 3 taken, 0 refused"
        await_count(other, 3)
        kept = ("displayName", "country", "domains", "contact", "channel", "labels",
                "correlationId")
        assert [{name: each.get(name) for name in kept} for each in listed(other)] == [
            {name: each.get(name) for name in kept} for each in listed(partner)]
        # Fed again, it has been fed.
        again = feeding.feed_customers(world.suite, other, path, "--new_ids")
        assert again == fed and count(other) == 3

    def test_refused_rows_may_be_corrected_and_fed(self, world, tmp_path):
        partner = world.reseller()
        path = feeding.write(tmp_path / "list.csv", ["display_name", "country", "channel"], [
            ["Good", "PL", ""], ["Bad", "pl", ""], ["Worse", "PL", "PIGEON"], ["Short"],
            ["Fine", "DE", "OTHER"]])
        fed = feeding.feed_customers(world.suite, partner, path)
        assert fed.code == 1 and fed.last_line.startswith("5 customers: 2 taken, 3 refused, see ")
        assert [(each["row"], each["display_name"]) for each in fed.rejected] == [
            ("2", "Bad"), ("3", "Worse"), ("4", "Short")]
        assert {each["reason"] for each in fed.rejected} == {"FIELD_INVALID"}
        assert "customer.country" in fed.rejected[0]["detail"]
        assert "PIGEON" in fed.rejected[1]["detail"] and "cells" in fed.rejected[2]["detail"]
        rejected = tmp_path / "list.rejected.csv"
        corrected = tmp_path / "corrected.csv"
        corrected.write_text(rejected.read_text().replace("Bad,pl,", "Bad,PL,").replace(
            "PIGEON", "OTHER").replace("Short,,", "Short,PL,"))
        fed = feeding.feed_customers(world.suite, partner, corrected)
        assert fed.last_line == "3 customers: 3 taken, 0 refused"
        await_count(partner, 5)

    def test_killed_in_the_middle_and_run_again_every_row_is_there_once(self, world, tmp_path):
        partner, run = world.reseller(), world.unique("row")
        ids = [f"{run}-{number}" for number in range(12_000)]
        path = feeding.customers(tmp_path / "many.csv", [*ids, ids[0]])
        for part in (4, 2):
            process = feeding.begin(world.suite, partner, "customers", path, "--parent",
                                    partner.account)
            await_true(lambda: count(partner) > len(ids) // part - 1000 or
                       process.poll() is not None, 120)
            assert process.poll() is None, process.communicate()
            process.send_signal(signal.SIGKILL)
            process.communicate()
        fed = feeding.feed_customers(world.suite, partner, path)
        assert fed.last_line.startswith("12001 customers: 12000 taken, 1 refused")
        [rejected] = fed.rejected
        assert (rejected["row"], rejected["reason"]) == ("12001", "CUSTOMER_EXISTS")
        await_count(partner, len(ids))

    def test_goes_on_by_itself_whichever_service_is_killed(self, world, tmp_path):
        partner, run = world.reseller(), world.unique("row")
        ids = [f"{run}-{number}" for number in range(12_000)]
        process = feeding.begin(world.suite, partner, "customers",
                                feeding.customers(tmp_path / "many.csv", ids), "--parent",
                                partner.account)
        for part in ("directory", "relationship", "gateway"):
            before = count(partner)
            await_true(lambda: count(partner) > before + 1000 or process.poll() is not None, 60)
            world.suite.kill(part)
            world.suite.up()
        fed = feeding.end(process, tmp_path / "many.csv")
        assert (fed.code, fed.last_line) == (0, "12000 customers: 12000 taken, 0 refused"), fed
        await_count(partner, len(ids))

    def test_takes_no_memory_however_long_it_is(self, world, tmp_path):
        partner, run = world.reseller(), world.unique("row")
        path = feeding.customers(tmp_path / "long.csv", [f"{run}-{n}" for n in range(40_000)])
        services = {part: pid for part, pid in world.suite.pids().items() if part != "gateway"}
        before = {part: memory(pid) for part, pid in services.items()}
        process = feeding.begin(world.suite, partner, "customers", path, "--parent",
                                partner.account)
        began, most, early = time.monotonic(), dict(before), dict(before)
        while process.poll() is None:
            for part, pid in services.items():
                most[part] = max(most[part], memory(pid))
            if committed(world.suite, partner.account) <= 10_000:
                early = dict(most)
            time.sleep(0.2)
        took = time.monotonic() - began
        fed = feeding.end(process, path)
        assert fed.last_line == "40000 customers: 40000 taken, 0 refused", fed
        more = {part: most[part] - before[part] for part in services}
        later = {part: most[part] - early[part] for part in services}
        print(f"{40_000 / took:.0f} rows/s, more bytes: {more}, of them after 10,000 rows: {later}")
        assert max(more.values()) <= MOST_MORE, more
        # Another 30,000 rows, were they kept, would be more than that.
        assert max(later.values()) <= MOST_MORE_LATER, later

    def test_portal_records(self, world, tmp_path):
        partner = world.reseller()
        number = partner.must("GetPartner", {"name": partner.account})["partnerNumber"]
        names = [f"customers/{world.unique('portal')}" for _ in range(3)]
        columns = ["portal", "partner_number", "customer", "company.display_name",
                   "company.country", "roles"]
        path = feeding.write(tmp_path / "records.csv", columns, [
            *(["office-admin", number, name, "Alpine", "PL", "user_admin\nlicense_admin"]
              for name in names), ["Office!", number, names[0], "Alpine", "PL", ""]])
        fed = feeding.feed(world.suite, world.operator, "portal-records", path, "--reason",
                           "ticket 4711")
        assert fed.code == 1 and fed.last_line.startswith("4 portal records: 3 taken, 1 refused")
        assert [each["row"] for each in fed.rejected] == ["4"]
        await_customers(partner, set(names), 5)

    @pytest.mark.parametrize("content, word", [
        ("display_name\nA\n", "lacks the column country"), ("", "is empty"),
        ("display_name,country\n\udcff,PL\n", "not UTF-8")])
    def test_a_bad_file_gets_one_line(self, world, tmp_path, content, word):
        path = tmp_path / "bad.csv"
        path.write_bytes(content.encode(errors="surrogateescape"))
        fed = feeding.feed_customers(world.suite, world.contoso, path)
        assert (fed.code, fed.last_line) == (2, "")
        assert word in fed.complaint and "\n" not in fed.complaint

    def test_what_is_refused_whole_gets_one_line(self, world, tmp_path):
        path = feeding.customers(tmp_path / "list.csv", [world.unique("row")])
        fed = feeding.feed(world.suite, world.contoso, "customers", path, "--parent",
                           world.fabrikam.account)
        assert fed.code == 2 and "RESOURCE_NOT_FOUND" in fed.complaint
        assert "0 of 1 rows are known to be committed" in fed.complaint and "\n" not in fed.complaint
        fed = feeding.feed_customers(world.suite, world.contoso, tmp_path / "none.csv")
        assert fed.code == 2 and "no such file" in fed.complaint


def committed(suite, partner: str) -> int:
    """How many rows of the partner's imports are in the database."""
    [position] = suite.psql("SELECT coalesce(sum(committed_position), 0) FROM directory.imports"
                            f" WHERE partner = '{partner}'")
    return int(position)


def memory(pid: int) -> int:
    """What the process holds now; bytes."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        [line] = [line for line in status if line.startswith("VmRSS:")]
    return int(line.split()[1]) << 10
