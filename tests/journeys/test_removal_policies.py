"""What a partner's policies make of a removal: its grants end, the customer is told."""

from checks import may, state_of
from mail import await_kept, kept_for
from suite import await_true

# What the workers do is done within this time, under load too.
SOON = 10


class TestPoliciesOfRemoval:
    """What follows by itself once a partner has removed a relationship."""

    @staticmethod
    def removed(world, **policies):
        """A partner with these policies, its former customer, the customer's mail address and the
        removal's answer."""
        partner = world.reseller()
        if policies:
            world.set_policies(partner, **policies)
        address = f"ann@{world.unique('mail')}.example"
        accepted = world.accept(partner=partner, company=world.company(
            country="PL", contact={"display_name": "Ann Beebe", "email_address": address}))
        answer = world.remove(accepted.relationship, partner)
        assert answer.ok, str(answer)
        return partner, accepted, address, answer.body

    def test_keep_leaves_the_grant(self, world):
        partner, accepted, _, removed = self.removed(world)
        grant = accepted.redemption["grant"]
        assert (removed["keptGrants"], removed.get("revokeTime")) == ([grant], None)
        assert state_of(partner, grant) == ("ACTIVE", "")

    def test_revoke_ends_it_within_seconds(self, world):
        partner, accepted, _, removed = self.removed(world, on_removal="REVOKE_GRANTS")
        assert removed["revokeTime"] == removed["relationship"]["effectiveEndTime"]
        await_true(lambda: state_of(accepted.customer, accepted.redemption["grant"]) == (
            "TERMINATED", "removal"), SOON)
        assert may(partner, "customer.view", accepted.customer.account) == "RESOURCE_NOT_FOUND"

    def test_revoke_after_days_waits_for_them_and_for_nobody_who_came_back(self, world, suite):
        def due_now(relationship: str) -> None:
            suite.psql("UPDATE relationship.revocations SET due_time = now() "
                       f"WHERE relationship = '{relationship.rpartition('/')[2]}'")

        def outcome(relationship: str) -> str:
            return suite.psql("SELECT outcome FROM relationship.revocations "
                              f"WHERE relationship = '{relationship.rpartition('/')[2]}'")[0]

        policies = {"on_removal": "REVOKE_GRANTS_AFTER", "revoke_after_days": 30}
        partner, accepted, _, removed = self.removed(world, **policies)
        assert removed["revokeTime"] > removed["relationship"]["effectiveEndTime"]
        assert state_of(partner, accepted.redemption["grant"])[0] == "ACTIVE"
        due_now(accepted.relationship)
        await_true(lambda: outcome(accepted.relationship), SOON)
        assert state_of(partner, accepted.redemption["grant"]) == ("TERMINATED", "removal")

        partner, accepted, _, _ = self.removed(world, **policies)
        world.accept(accepted.customer, partner)
        due_now(accepted.relationship)
        await_true(lambda: outcome(accepted.relationship), SOON)
        assert state_of(partner, accepted.redemption["grant"])[0] == "ACTIVE"

    def test_notify_tells_the_customer_s_contact(self, world, suite):
        partner, _, address, _ = self.removed(world, removal_notice="NOTIFY")
        mail = await_kept(suite, address)
        assert mail.message["Auto-Submitted"] == "auto-generated"
        assert "zakończył relację" in mail.text
        name = partner.must("GetPartner", {"name": partner.account})["displayName"]
        assert name in mail.text and name in mail.html
        assert "://" not in mail.text and mail.anchors == []

    def test_none_tells_nobody(self, world, suite):
        _, _, address, removed = self.removed(world, on_removal="REVOKE_GRANTS")
        relationship = removed["relationship"]["name"].rpartition("/")[2]
        # A notice would have been noted with the removal.
        assert suite.psql(f"SELECT count(*) FROM relationship.notices WHERE id = '{relationship}'") == [
            "0"]
        assert kept_for(suite, address) == []
