"""The life of an issued invitation: sent again, given more time; many at once; who has accepted; and
what becomes of who guesses links."""

import http.client
import json
import time
import uuid

from checks import BOTH, check_roles, given_again, refused
from suite import await_true

# As deploy/local sets it: nothing but the test for it meets it.
MOST_WRONG_LINKS = 2000


class TestResending:

    @BOTH
    def test_old_link_is_dead_and_the_new_one_is_accepted(self, world, transport):
        invited = world.invite()
        resent = world.contoso.must("ResendInvitation", {"name": invited.name}, transport)
        assert (resent["generation"], resent["state"]) == (2, "PENDING")
        assert resent["issueTime"] == invited.invitation["issueTime"]
        customer = world.customer()
        refused(world.anyone.call("LookupInvitation", {"token": invited.link}, transport),
                "NOT_FOUND", "INVITATION_NOT_FOUND")
        refused(world.try_accept(invited, customer, transport), "NOT_FOUND", "INVITATION_NOT_FOUND")
        invited.link = world.link_of(invited.name)
        answer = world.try_accept(invited, customer, transport)
        assert answer.ok, str(answer)
        refused(world.contoso.call("ResendInvitation", {"name": invited.name}, transport),
                "FAILED_PRECONDITION", "STATE_TRANSITION")

    def test_an_expired_one_comes_back(self, world):
        invited = world.invite(ttl="1s")
        await_true(lambda: world.contoso.must(
            "GetInvitation", {"name": invited.name})["state"] == "EXPIRED", 30)
        resent = world.contoso.must("ResendInvitation", {"name": invited.name, "ttl": "3600s"})
        assert (resent["state"], resent["ttl"]) == ("PENDING", "3600s")
        invited.link = world.link_of(invited.name)
        assert world.try_accept(invited, world.customer()).ok

    def test_a_provider_that_wants_to_be_asked_is_asked_anew(self, world):
        reseller, provider = world.partnered()
        invited = world.invite(reseller, **world.combined_fields(provider))
        world.ask_before(provider)
        resent = reseller.must("ResendInvitation", {"name": invited.name})
        assert resent["state"] == "AWAITING_PROVIDER"
        waiting = provider.must("ListProviderInbox", {"parent": provider.account})
        assert [each["name"] for each in waiting["invitations"]] == [invited.name]
        approved = provider.must("ApproveProviderPart", {"name": invited.name})
        assert (approved["state"], approved["generation"]) == ("PENDING", 2)

    def test_the_same_call_again_makes_no_third_link(self, world):
        name = world.invite().name
        resent = given_again(world.contoso, "ResendInvitation", {"name": name}, {"ttl": "90000s"})
        assert resent["generation"] == 2
        assert world.contoso.must("GetInvitation", {"name": name})["generation"] == 2

    def test_who_may(self, world):
        check_roles(world, "ResendInvitation", lambda: {"name": world.invite().name},
                    {"global_admin", "admin_agent", "sales_agent"})


class TestExtending:

    @BOTH
    def test_the_link_stays_and_has_more_time(self, world, transport):
        invited = world.invite()
        extended = world.contoso.must(
            "ExtendInvitation", {"name": invited.name, "ttl": "7776000s"}, transport)
        assert extended["expireTime"] > invited.invitation["expireTime"]
        assert world.link_of(invited.name) == invited.link
        for ttl in ("86400s", "7776001s", "0s", "1.5s"):
            answer = world.contoso.call(
                "ExtendInvitation", {"name": invited.name, "ttl": ttl}, transport)
            refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
            assert answer.violations == ["ttl"]
        assert world.try_accept(invited, world.customer(), transport).ok

    def test_who_may(self, world):
        check_roles(world, "ExtendInvitation",
                    lambda: {"name": world.invite().name, "ttl": "7776000s"},
                    {"global_admin", "admin_agent", "sales_agent"})


class TestBatches:

    def rows(self, count: int) -> list[dict]:
        return [{"invitation": {"customer_hint": {"company_name": f"Company {number}"},
                                "channel": "VENDOR_REFERRAL"}, "issue": True}
                for number in range(count)]

    @BOTH
    def test_each_row_has_its_own_outcome(self, world, transport):
        rows = self.rows(3)
        rows[1]["invitation"]["body_text"] = "no link in it"
        answer = world.contoso.must("BatchCreateInvitations", {
            "parent": world.contoso.account, "requests": rows}, transport)
        made, bad, last = answer["results"]
        assert made["invitation"]["state"] == last["invitation"]["state"] == "PENDING"
        assert made["invitation"]["customerHint"]["companyName"] == "Company 0"
        assert bad["status"]["code"] == 3
        assert any(each.get("reason") == "LINK_MISSING" for each in bad["status"]["details"])

    def test_a_hundred_at_once_within_the_default_deadline(self, world, record_property):
        fields = {"parent": world.contoso.account, "requests": self.rows(100),
                  "request_id": str(uuid.uuid4())}
        began = time.monotonic()
        first = world.contoso.must("BatchCreateInvitations", fields)
        took = time.monotonic() - began
        record_property("seconds", f"{took:.3f}")
        assert took < 10
        names = [result["invitation"]["name"] for result in first["results"]]
        assert len(set(names)) == 100
        assert world.contoso.must("BatchCreateInvitations", fields, "json") == first

    def test_another_body_with_the_same_id_is_refused(self, world):
        given_again(world.contoso, "BatchCreateInvitations",
                    {"parent": world.contoso.account, "requests": self.rows(2)},
                    {"requests": self.rows(3)})

    def test_more_than_a_hundred_are_refused(self, world):
        answer = world.contoso.call("BatchCreateInvitations", {
            "parent": world.contoso.account, "requests": self.rows(101)})
        refused(answer, "INVALID_ARGUMENT", "FIELD_INVALID")
        assert answer.violations == ["requests"]

    def test_who_may(self, world):
        check_roles(world, "BatchCreateInvitations",
                    lambda: {"parent": world.contoso.account, "requests": self.rows(1)},
                    {"global_admin", "admin_agent"})


class TestCounts:

    @BOTH
    def test_channels_are_counted(self, world, transport):
        partner = world.reseller()
        for channel in ("OWN_MARKETING", "OWN_MARKETING", "VENDOR_REFERRAL"):
            world.draft(partner, channel=channel)
        world.invite(partner)
        count = {"parent": partner.account, "group_by": "CHANNEL"}
        answer = partner.must("CountInvitations", count, transport)
        assert answer["totalCount"] == 4
        assert [(group["value"], group["count"]) for group in answer["groups"]] == [
            ("OWN_MARKETING", 2), ("CHANNEL_UNSPECIFIED", 1), ("VENDOR_REFERRAL", 1)]
        answer = partner.must("CountInvitations",
                              count | {"group_by": "STATE", "filter": "state = DRAFT"}, transport)
        assert answer["groups"] == [{"value": "DRAFT", "count": 3}]


class TestRedemptions:

    @BOTH
    def test_partner_and_provider_see_who_accepted(self, world, transport):
        reseller, provider = world.partnered()
        invited = world.invite(reseller, mode="OPEN", max_uses=5,
                               **world.combined_fields(provider))
        customers = [world.customer() for _ in range(3)]
        for customer in customers:
            assert world.try_accept(invited, customer).ok
        for reader in (reseller, provider, world.operator):
            page = reader.must("ListRedemptions", {"parent": invited.name, "page_size": 2}, transport)
            rest = reader.must("ListRedemptions", {
                "parent": invited.name, "page_size": 2, "page_token": page["nextPageToken"]}, transport)
            rows = page["redemptions"] + rest["redemptions"]
            assert [row["customer"] for row in rows] == [
                customer.account for customer in reversed(customers)]
            assert all(row["actor"] and row["agreementVersion"] == invited.agreement
                       and len(row["relationships"]) == 2 for row in rows)
            assert rest["nextPageToken"] == ""
        refused(world.fabrikam.call("ListRedemptions", {"parent": invited.name}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")


class TestDeclines:

    @BOTH
    def test_partner_and_provider_see_who_declined_and_why(self, world, transport):
        reseller, provider = world.partnered()
        invited = world.invite(reseller, mode="OPEN", max_uses=5,
                               **world.combined_fields(provider))
        customers = [world.customer() for _ in range(3)]
        for number, customer in enumerate(customers):
            customer.must("DeclineInvitation", {
                "token": invited.link, "reason": f"Reason {number}."})
        for reader in (reseller, provider, world.operator):
            page = reader.must("ListDeclines", {"parent": invited.name, "page_size": 2}, transport)
            rest = reader.must("ListDeclines", {
                "parent": invited.name, "page_size": 2, "page_token": page["nextPageToken"]}, transport)
            rows = page["declines"] + rest["declines"]
            assert [(row["account"], row["reason"]) for row in rows] == [
                (customers[number].account, f"Reason {number}.") for number in (2, 1, 0)]
            assert all(row["actor"] and row["declineTime"]
                       and row["name"].startswith(f"{invited.name}/declines/") for row in rows)
            assert rest["nextPageToken"] == ""
        refused(world.fabrikam.call("ListDeclines", {"parent": invited.name}, transport),
                "NOT_FOUND", "RESOURCE_NOT_FOUND")

    @BOTH
    def test_of_one_for_one_it_says_what_the_invitation_says(self, world, transport):
        invited, customer = world.invite(), world.customer()
        fields = {"token": invited.link, "reason": "We buy elsewhere."}
        declined = customer.must("DeclineInvitation", fields, transport)
        (row,) = world.contoso.must("ListDeclines", {"parent": invited.name}, transport)["declines"]
        assert (row["account"], row["reason"]) == (customer.account, fields["reason"])
        assert row["declineTime"] == declined["declineTime"]
        read = world.contoso.must("GetInvitation", {"name": invited.name}, transport)
        assert (read["state"], read["declineReason"]) == ("DECLINED", fields["reason"])
        own = customer.must("LookupInvitation", {"token": invited.link}, transport)
        assert own["decline"] == row


class TestWrongLinks:

    def test_who_guesses_is_stopped_and_nobody_else(self, world):
        link = world.invite().link
        wrong = link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")
        guesser, other = world.customer(), world.customer()
        for _ in range(MOST_WRONG_LINKS):
            answer = guesser.call("LookupInvitation", {"token": wrong})
            assert answer.reason == "INVITATION_NOT_FOUND", str(answer)
        for transport in ("grpc", "json", "web"):
            for method in ("LookupInvitation", "DeclineInvitation"):
                refused(guesser.call(method, {"token": link}, transport),
                        "RESOURCE_EXHAUSTED", "RATE_LIMITED")
        assert other.must("LookupInvitation", {"token": link})["acceptable"]

    def test_without_a_token_the_address_counts_and_no_header_changes_it(self, world, suite):
        link = world.invite().link
        wrong = link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")
        host, _, port = suite.gateway.partition(":")
        connection = http.client.HTTPConnection(host, int(port), source_address=("127.0.0.2", 0))

        def look_up(token: str, number: int = 0) -> tuple[int, str]:
            forged = f"203.0.{number // 250}.{number % 250}"
            connection.request("POST", "/v1/invitations:lookup", json.dumps({"token": token}), {
                "content-type": "application/json", "x-partnerlink-client-address": forged,
                "x-forwarded-for": forged, "x-envoy-external-address": forged})
            response = connection.getresponse()
            return response.status, response.read().decode()

        for number in range(MOST_WRONG_LINKS):
            status, body = look_up(wrong, number)
            assert status == 404, body
        status, body = look_up(link, MOST_WRONG_LINKS)
        assert status == 429 and "RATE_LIMITED" in body and "127.0.0.2" in body, body
        assert world.anyone.must("LookupInvitation", {"token": link})["acceptable"], "another address"
