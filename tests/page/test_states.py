"""Links that cannot be answered, calls that are refused, and kinds of invitations."""

import pytest
import stubs
from browser import DESKTOP, PHONE
from suite import await_true
from test_answering import fill_company, fragment

REASONS = ["INVITATION_NOT_ISSUED", "INVITATION_EXPIRED", "INVITATION_REVOKED", "INVITATION_USED",
           "INVITATION_EXHAUSTED", "INVITATION_DECLINED", "PARTNER_SUSPENDED", "PARTNERSHIP_INACTIVE"]
# Then it may be the person's own company that has answered.
ANSWERED = ["INVITATION_USED", "INVITATION_EXHAUSTED", "INVITATION_DECLINED"]

# What does not fit its screen: elements that reach over it, words that are broken.
TORN = """
  const seen = [...document.querySelectorAll('body *')].filter((each) => each.checkVisibility());
  const wide = seen.filter((each) => each.getBoundingClientRect().right > innerWidth + 0.5);
  const broken = [];
  for (const node of seen.flatMap((each) => [...each.childNodes])) {
    for (const word of node.nodeType === 3 ? node.data.matchAll(/\\S+/g) : []) {
      const range = document.createRange();
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      if (range.getClientRects().length > 1) broken.push(word[0]);
    }
  }
  return [...wide.map((each) => each.outerHTML), ...broken];"""


class TestLinks:
    def test_expired(self, browser, world):
        invited = world.invite(ttl="1s")
        await_true(lambda: not world.anyone.must("LookupInvitation", {"token": invited.link})["acceptable"],
                   5)
        browser.open(fragment(invited.link))
        browser.picture("expired-desktop")
        assert browser.title == "This invitation has expired"
        assert browser.text("#lead") == "Ask Contoso for a new link."
        assert "Was valid until" in browser.text("#request")
        assert not browser.sees("#answer, #effects, #agreement")

    def test_revoked(self, browser, world):
        invited = world.invite()
        world.contoso.must("RevokeInvitation", {"name": invited.name})
        browser.open(fragment(invited.link))
        browser.picture("revoked-desktop")
        assert browser.title == "This invitation was taken back"
        assert not browser.sees("#answer")

    def test_used(self, browser, world):
        browser.open(fragment(world.accept().invited.link))
        assert browser.title == "This invitation was accepted already"

    def test_not_issued(self, browser, world):
        browser.open(fragment(world.link_of(world.draft()["name"])))
        assert browser.title == "This invitation is not finished yet"

    def test_partner_suspended(self, browser, world):
        partner = world.reseller()
        invited = world.invite(partner)
        world.suspend_partner(partner)
        browser.open(fragment(invited.link))
        assert browser.title == "This invitation cannot be accepted now"
        assert "suspended" in browser.text("#lead")

    @pytest.mark.parametrize("change", [
        lambda link: link[:-8] + "AAAAAAAA", lambda link: link[:20], lambda link: "x" * 600,
        lambda link: "<b>%zz", lambda link: "%F0%9F%92%A9"])
    def test_wrong(self, browser, world, change):
        browser.open(change(fragment(world.invite().link)))
        assert browser.title == "This link is not valid"
        assert browser.sees("#paste")
        assert not browser.sees("#request, #answer")
        browser.picture("wrong-desktop")

    def test_none_then_pasted(self, browser, world):
        link = world.invite().link
        browser.open()
        browser.picture("none-desktop")
        assert browser.title == "There is no link here yet"
        browser.fill("#link", link)
        browser.click("#paste button")
        assert browser.title == "Contoso would like to be your reseller"
        assert browser.run("return location.href") == f"{browser.origin}/invite#{fragment(link)}"

    def test_another_link_in_the_same_tab(self, browser, world):
        browser.open(fragment(world.invite().link))
        browser.run("location.hash = arguments[0]", fragment(world.invite(world.fabrikam).link))
        await_true(lambda: browser.title == "Fabrikam would like to be your reseller", 10)

    def test_no_connection_then_again(self, browser, world):
        browser.cdp("Network.setBlockedURLs", urls=["*:lookup"])
        browser.open(fragment(world.invite().link))
        browser.picture("no-connection-desktop")
        assert browser.title == "The invitation cannot be shown now"
        assert "no connection" in browser.text("#refusal")
        browser.cdp("Network.setBlockedURLs", urls=[])
        browser.click("#try-again")
        assert browser.title == "Contoso would like to be your reseller"
        assert not browser.sees("#refusal")

    def test_throttled_says_how_long(self, browser):
        refused = (429, stubs.refusal("RATE_LIMITED"), {"retry-after": "7"})
        browser.run_first(stubs.answering(lookup=[refused, (200, stubs.looked())]))
        browser.open("x")
        assert "too many requests" in browser.text("#refusal")
        assert "in 7 s" in browser.text("#refusal")
        browser.click("#try-again")
        assert browser.title == "Contoso Resale would like to be your reseller"

    @pytest.mark.parametrize("language", ["en", "de", "pl"])
    def test_every_reason_has_words_of_its_own(self, browser, language):
        browser.run_first(stubs.answering(lookup=[
            (200, stubs.combined(acceptable=False, notAcceptableReason=reason)) for reason in REASONS]))
        browser.open("x", f"?lang={language}")
        words = browser.words(language)
        for place, reason in enumerate(REASONS):
            await_true(lambda: browser.title == words[f"title.{reason}"], 10)
            assert "Contoso Resale" in browser.text("#lead"), reason
            assert browser.sees("#sign-in") == (reason in ANSWERED)
            assert not browser.sees("#accept, #decline, #sign-up")
            browser.run("location.hash = arguments[0]", f"next-{place}")


@pytest.fixture(scope="module")
def dead_links(world):
    """Links by what the page says of them."""
    expired, revoked, resent = world.invite(ttl="1s"), world.invite(), world.invite()
    world.contoso.must("RevokeInvitation", {"name": revoked.name})
    world.contoso.must("ResendInvitation", {"name": resent.name})
    await_true(lambda: not world.anyone.must("LookupInvitation", {"token": expired.link})["acceptable"], 5)
    return {"INVITATION_EXPIRED": expired.link, "INVITATION_REVOKED": revoked.link, "wrong": resent.link}


class TestDeadLinks:
    """Real ones, in every language, on a phone and enlarged."""

    SCREENS = {"phone": (PHONE, 844, 1), "phone-200": (PHONE, 844, 2), "desktop-200": (DESKTOP, 800, 2)}

    @pytest.mark.parametrize("language", ["en", "de", "pl"])
    @pytest.mark.parametrize("state", ["INVITATION_EXPIRED", "INVITATION_REVOKED", "wrong"])
    def test_says_so_and_fits(self, browser, dead_links, state, language):
        browser.open(fragment(dead_links[state]), f"?lang={language}")
        words = browser.words(language)
        assert browser.run("return document.documentElement.lang") == language
        assert browser.title == words[f"title.{state}"]
        assert browser.text("#lead") == words[f"lead.{state}"].replace("{partner}", "Contoso")
        assert browser.sees("#paste") == (state == "wrong")
        assert not browser.sees("#answer, #effects, #agreement")
        for name, screen in self.SCREENS.items():
            browser.set_width(*screen)
            browser.picture(f"{state.lower()}-{language}-{name}")
            assert browser.run(TORN) == [], name

    def test_control_what_is_cut_off_or_broken_is_found(self, browser, dead_links):
        browser.open(fragment(dead_links["wrong"]))
        for property, value in (("width", "1200px"), ("font-size", "300px")):
            assert browser.run(TORN) == []
            browser.run("document.querySelector('h1').style.setProperty(...arguments)", property, value)
            assert browser.run(TORN) != []
            browser.run("document.querySelector('h1').style.removeProperty(arguments[0])", property)


class TestAcceptedBefore:
    def test_own_company_is_told_when_and_what_came_of_it(self, browser, world):
        accepted = world.accept()
        browser.open(fragment(accepted.invited.link))
        assert browser.title == "This invitation was accepted already"
        assert browser.text("#answer-title") == "Was it your company?"
        browser.picture("used-desktop")
        browser.sign_in(accepted.customer.token)
        assert browser.title == "Your company has accepted this invitation"
        assert browser.focused == "title"
        assert accepted.redemption["acceptTime"][:4] in browser.text("#lead")
        assert "nothing left to do" in browser.text("#lead")
        assert browser.texts("#outcome-list li") == ["Contoso, reseller: in force.",
                                                     "The administration rights are given."]
        assert not browser.sees("#answer, #request, #check-again")
        browser.picture("accepted-before-desktop")
        assert browser.calls("accept") == []

    def test_a_login_that_is_handed_over_tells_it_at_once(self, browser, world):
        accepted = world.accept()
        browser.open(f"{fragment(accepted.invited.link)}&access_token={accepted.customer.token}")
        assert browser.title == "Your company has accepted this invitation"

    def test_of_a_link_for_several_too_while_others_may_accept(self, browser, world, admin):
        invited = world.invite(mode="OPEN", max_uses=2)
        assert world.try_accept(invited, admin).ok
        browser.open(fragment(invited.link))
        assert browser.title == "Contoso would like to be your reseller"
        browser.sign_in(admin.token)
        assert browser.title == "Your company has accepted this invitation"

    def test_another_company_learns_nothing(self, browser, world, admin):
        browser.open(fragment(world.accept().invited.link))
        browser.sign_in(admin.token)
        assert browser.title == "This invitation was accepted already"
        assert browser.text("#who") == f"{admin.account} has not answered this invitation."
        assert not browser.sees("#accept, #decline, #outcome, #sign-in")
        browser.click("#sign-out")
        assert browser.focused == "access-token"

    def test_bad_token_is_said(self, browser, world):
        browser.open(fragment(world.accept().invited.link))
        browser.sign_in(world.customer(iat=1, exp=600).token)
        assert "expired" in browser.text("#refusal")
        assert browser.sees("#sign-in")

    def test_what_is_on_its_way_can_be_looked_at_again(self, browser):
        closed = stubs.looked(acceptable=False, state="ACCEPTED", notAcceptableReason="INVITATION_USED")
        own = [closed | {"redemption": stubs.redeemed({"state": state}, grant=grant) | {
            "acceptTime": "2026-11-26T11:30:00Z"}}
               for state, grant in (("PENDING", ""), ("ACTIVE", "partners/contoso/grants/1"))]
        browser.run_first(stubs.answering(lookup=[(200, each) for each in (closed, *own)]))
        browser.open("x")
        browser.sign_in("a.b.c")
        assert browser.texts("#outcome-list li") == [
            "Contoso Resale, reseller: on its way. You need not do anything more."]
        browser.click("#check-again")
        assert browser.texts("#outcome-list li") == [
            "Contoso Resale, reseller: in force.", "The administration rights are given."]
        assert browser.title == "Your company has accepted this invitation"

    @pytest.mark.parametrize("language, date", [
        ("en", "November 26, 2026"), ("de", "26. November 2026"), ("pl", "26 listopada 2026")])
    def test_in_every_language(self, browser, language, date):
        redemption = stubs.redeemed({"state": "ACTIVE"}) | {"acceptTime": "2026-11-26T11:30:00Z"}
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked(
            acceptable=False, state="ACCEPTED", notAcceptableReason="INVITATION_USED",
            redemption=redemption))]))
        browser.open("x", f"?lang={language}")
        words = browser.words(language)
        assert browser.text("#answer-title") == words["own"]
        browser.sign_in("a.b.c")
        assert browser.title == words["title.accepted_before"]
        assert date in browser.text("#lead")


class TestDeclinedBefore:
    def test_own_company_is_told_when(self, browser, world, admin):
        invited = world.invite()
        declined = admin.must("DeclineInvitation", {"token": invited.link})
        browser.open(fragment(invited.link))
        assert browser.title == "This invitation was declined"
        assert browser.text("#answer-title") == "Was it your company?"
        browser.sign_in(admin.token)
        assert browser.title == "Your company has declined this invitation"
        assert browser.focused == "title"
        assert declined["declineTime"][:4] in browser.text("#lead")
        assert "ask Contoso for a new link" in browser.text("#lead")
        assert not browser.sees("#answer, #request, #outcome")
        browser.picture("declined-before-desktop")
        assert browser.calls("decline") == []

    def test_of_a_link_for_several_too_while_others_may_accept(self, browser, world, admin):
        invited = world.invite(mode="OPEN", max_uses=2)
        admin.must("DeclineInvitation", {"token": invited.link})
        browser.open(fragment(invited.link))
        assert browser.title == "Contoso would like to be your reseller"
        browser.sign_in(admin.token)
        assert browser.title == "Your company has declined this invitation"
        browser.open(fragment(invited.link) + f"&access_token={world.customer().token}")
        assert browser.title == "Contoso would like to be your reseller"
        assert browser.sees("#accept, #decline")

    def test_who_has_declined_meanwhile_is_told_so_instead_of_accepting(self, browser, world, admin):
        invited = world.invite(mode="OPEN", max_uses=2)
        browser.open(fragment(invited.link))
        browser.sign_in(admin.token)
        admin.must("DeclineInvitation", {"token": invited.link})
        browser.click("#confirm")
        browser.click("#accept button")
        assert browser.title == "Your company has declined this invitation"
        assert browser.focused == "title"
        assert not browser.sees("#answer, #refusal")

    def test_another_company_learns_nothing(self, browser, world, admin):
        invited = world.invite()
        world.customer().must("DeclineInvitation", {"token": invited.link})
        browser.open(fragment(invited.link))
        browser.sign_in(admin.token)
        assert browser.title == "This invitation was declined"
        assert browser.text("#who") == f"{admin.account} has not answered this invitation."

    @pytest.mark.parametrize("language, date", [
        ("en", "November 26, 2026"), ("de", "26. November 2026"), ("pl", "26 listopada 2026")])
    def test_in_every_language(self, browser, language, date):
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked(
            acceptable=False, notAcceptableReason="INVITATION_DECLINED",
            decline={"declineTime": "2026-11-26T11:30:00Z"}))]))
        browser.open("x", f"?lang={language}")
        browser.sign_in("a.b.c")
        assert browser.title == browser.words(language)["title.declined_before"]
        assert date in browser.text("#lead")


class TestKinds:
    def test_combined_says_what_each_gets(self, browser):
        browser.run_first(stubs.answering(lookup=[(200, stubs.combined())]))
        browser.open("x")
        browser.picture("combined-desktop")
        assert browser.title == "Contoso Resale and Fabrikam Großhandel would like to serve your company"
        effects = browser.text("#effects-list")
        assert "Contoso Resale becomes your reseller" in effects
        assert "Fabrikam Großhandel becomes your indirect provider" in effects
        assert "Contoso Resale gets these administration rights for 730 days" in effects
        assert "extended by 180 days" in effects
        assert browser.texts("#request-facts dd")[1] == "Fabrikam Großhandel, Germany"

    def test_partnership_asks_for_no_customer_s_rights(self, browser):
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked(
            kind="PARTNERSHIP", relationships=[], grantRequest=None))]))
        browser.open("x")
        assert browser.title == "Contoso Resale would like your company to be its reseller"
        assert "indirect provider" in browser.text("#effects-list")
        assert "administration rights" not in browser.text("#effects-list")
        browser.sign_in("a.b.c")
        assert not browser.sees("#rights")

    def test_partnership_that_is_there_already_is_said(self, browser):
        outcome = {"partnership": "", "state": "REFUSED", "reason": "PARTNERSHIP_EXISTS"}
        browser.run_first(stubs.answering(
            lookup=[(200, stubs.looked(kind="PARTNERSHIP", relationships=[], grantRequest=None))],
            accept=[(200, stubs.redeemed() | {"partnership": outcome})]))
        browser.open("x")
        browser.sign_in("a.b.c")
        browser.click("#confirm")
        browser.click("#accept > button")
        assert browser.title == "You have accepted, but nothing could be set up"
        assert browser.texts("#outcome-list li") == [
            "Contoso Resale, partnership: not set up. The two of you work together already."]

    def test_link_of_a_partnership_is_for_resellers(self, browser, world, admin):
        invited = world.invite(world.reseller(), kind="PARTNERSHIP")
        browser.open(fragment(invited.link))
        browser.sign_in(admin.token)
        browser.click("#confirm")
        browser.click("#accept > button")
        assert "another kind of account" in browser.text("#refusal")

    def test_for_several_is_used_up(self, browser, world, admin):
        invited = world.invite(mode="OPEN", max_uses=1)
        browser.open(fragment(invited.link))
        assert browser.title == "Contoso would like to be your reseller"
        assert world.try_accept(invited, admin).ok
        browser.open(fragment(invited.link))
        assert browser.title == "This invitation is used up"

    def test_partnership_over(self, browser, world):
        reseller, provider = world.partnered()
        invited = world.invite(reseller, **world.combined_fields(provider))
        pair = provider.must("ListPartnerships", {"parent": provider.account})["partnerships"]
        provider.must("SuspendPartnership", {"name": pair[0]["name"]})
        browser.open(fragment(invited.link))
        assert browser.title == "This invitation cannot be accepted now"
        assert "do not work together" in browser.text("#lead")

    def test_relationship_only(self, browser, world):
        browser.open(fragment(world.invite(relationship_only=True).link))
        assert "No administration rights" in browser.text("#effects-list")

    def test_each_relationship_has_its_outcome(self, browser):
        waiting = stubs.redeemed({"state": "PENDING"}, {"state": "PENDING"})
        done = stubs.redeemed({"state": "ACTIVE"}, {"state": "REFUSED", "reason": "PARTNERSHIP_INACTIVE"},
                              grant="partners/contoso/grants/1")
        browser.run_first(stubs.answering(lookup=[(200, stubs.combined())],
                                          accept=[(200, waiting), (200, done)]))
        browser.open("x")
        browser.sign_in("a.b.c")
        browser.click("#confirm")
        browser.click("#accept button")
        assert browser.title == "You have accepted the invitation"
        assert [line.split(". ")[0] for line in browser.texts("#outcome-list li")] == [
            "Contoso Resale, reseller: on its way", "Fabrikam Großhandel, indirect provider: on its way",
            "The administration rights follow."]
        browser.click("#check-again")
        browser.picture("in-part-desktop")
        assert browser.title == "You have accepted, but not everything could be set up"
        assert browser.texts("#outcome-list li") == [
            "Contoso Resale, reseller: in force.",
            "Fabrikam Großhandel, indirect provider: not set up. "
            "The two partners do not work together at present.",
            "The administration rights are given."]
        assert not browser.sees("#check-again")


class TestRefusals:
    def test_wrong_account(self, browser, world, admin):
        invited = world.invite(customer_hint={"account": f"customers/{world.unique('other')}"})
        browser.open(fragment(invited.link))
        browser.sign_in(admin.token)
        browser.click("#confirm")
        browser.click("#accept button")
        assert browser.focused == "refusal"
        assert "meant for another account" in browser.text("#refusal")

    def test_partner_is_no_customer(self, browser, world):
        browser.open(fragment(world.invite().link))
        browser.sign_in(world.fabrikam.token)
        browser.click("#decline button")
        assert "meant for another kind of account" in browser.text("#refusal")

    @pytest.mark.parametrize("claims, words", [({"iat": 1, "exp": 600}, "expired"),
                                               ({"aud": "billing"}, "not valid here")])
    def test_bad_token_asks_to_sign_in_again(self, browser, world, claims, words):
        invited = world.invite()
        browser.open(fragment(invited.link))
        browser.sign_in(world.customer(**claims).token)
        browser.click("#confirm")
        browser.click("#accept button")
        assert words in browser.text("#refusal")
        assert browser.sees("#sign-in")
        assert browser.find("#access-token").get_attribute("aria-invalid") == "true"
        assert browser.is_set("#confirm")

    def test_what_is_no_token_is_not_sent(self, browser, world):
        browser.open(fragment(world.invite().link))
        browser.sign_in("zażółć gęślą")
        assert browser.focused == "refusal"
        assert browser.find("#access-token").get_attribute("aria-invalid") == "true"
        assert not browser.sees("#accept")

    def test_every_wrong_field_is_marked(self, browser, world, admin):
        browser.open(fragment(world.invite().link))
        browser.sign_in(admin.token)
        browser.click("#accept button")
        assert browser.texts("#refusal-fields li") == ["Please confirm that you agree."]
        browser.click("#confirm")
        browser.click("#accept button")
        fill_company(browser, world, domain="no domain")
        browser.fill("#contact-mail", "ann at alpine")
        browser.click("#accept button")
        marked = {each.get_attribute("id") for each in browser.all("[aria-invalid=true]")}
        assert marked == {"company-domains", "contact-mail"}
        for name in marked:
            described = browser.find(f"#{name}").get_attribute("aria-describedby").split()
            assert all(browser.sees(f"#{each}") for each in described)
            assert f"{name}-error" in described
        browser.picture("fields-desktop")
        browser.click("#refusal-fields li:last-child button")
        assert browser.focused == "contact-mail"
        assert browser.run("return location.hash").startswith("#")
        browser.fill("#company-domains", f"{world.unique('alpine')}.example")
        browser.fill("#contact-mail", "ann@alpine.example")
        browser.click("#accept button")
        assert browser.title == "You have accepted the invitation"

    def test_company_without_name_and_country_is_marked_at_once(self, browser, world, admin):
        browser.open(fragment(world.invite().link))
        browser.sign_in(admin.token)
        browser.click("#confirm")
        browser.click("#accept button")
        browser.click("#accept button")
        marked = {each.get_attribute("id") for each in browser.all("[aria-invalid=true]")}
        assert marked == {"company-name", "company-country"}
        assert len(browser.calls("accept")) == 1

    def test_taken_back_meanwhile(self, browser, world, admin):
        invited = world.invite()
        browser.open(fragment(invited.link))
        browser.sign_in(admin.token)
        world.contoso.must("RevokeInvitation", {"name": invited.name})
        browser.click("#confirm")
        browser.click("#accept button")
        assert browser.title == "This invitation was taken back"
        assert not browser.sees("#answer")

    def test_changed_agreement_is_shown_and_confirmed_anew(self, browser):
        newer = stubs.looked(agreement={"version": "2026-12", "text": "The newer agreement."})
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked()), (200, newer)],
                                          accept=[(400, stubs.refusal("AGREEMENT_VERSION"))]))
        browser.open("x")
        browser.sign_in("a.b.c")
        browser.click("#confirm")
        browser.click("#accept button")
        assert "agreement has changed" in browser.text("#refusal")
        assert browser.text("#agreement-text") == "The newer agreement."
        assert not browser.is_set("#confirm")

    def test_unknown_reason_is_named(self, browser):
        browser.run_first(stubs.answering(lookup=[(200, stubs.looked())],
                                          decline=[(400, stubs.refusal("BRAND_NEW"))]))
        browser.open("x")
        browser.sign_in("a.b.c")
        browser.click("#decline button")
        assert "BRAND_NEW" in browser.text("#refusal")
