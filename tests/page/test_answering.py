"""What a person sees and does behind a good link, against the running suite."""

import stubs
from selenium.webdriver.common.keys import Keys

ROLES = ["manage your users", "assign and remove licences", "manage your services",
         "manage your subscriptions", "read your directory"]


def fragment(link: str) -> str:
    return link.partition("#")[2]


def fill_company(browser, world, name: str = "Łąka & Söhne", domain: str = "") -> str:
    """The company's part of the form; the domain."""
    domain = domain or f"{world.unique('łąka')}.example"
    browser.fill("#company-name", name)
    browser.choose("#company-country", "PL")
    browser.fill("#company-domains", domain)
    browser.fill("#contact-name", "Ann Beebe")
    return domain


def accept_unknown(browser, world, admin, invited, **company) -> None:
    """Signs in, accepts, is asked for the company, accepts again."""
    browser.open(fragment(invited.link))
    browser.sign_in(admin.token)
    browser.click("#confirm")
    browser.click("#accept button")
    assert browser.sees("#company")
    fill_company(browser, world, **company)
    browser.click("#accept button")


def grants_of(world, admin) -> list[set[str]]:
    """The roles of each grant that the customer has given."""
    grants = admin.must("ListGrants", {"parent": admin.account})["grants"]
    return [set(grant["roles"]) for grant in grants]


def test_good_link_shows_who_asks_for_what_until_when(browser, world):
    invited = world.invite(grant_request={"duration_days": 90})
    browser.open(fragment(invited.link))
    browser.picture("good-desktop")
    assert browser.title == "Contoso would like to be your reseller"
    assert browser.focused == "title"
    assert browser.texts("#request-facts dd")[0] == "Contoso, Poland"
    year = invited.invitation["expireTime"][:4]
    assert year in browser.texts("#request-facts dd")[1]
    assert "Contoso becomes your reseller" in browser.text("#effects-list")
    assert "90 days" in browser.text("#effects-list")
    assert browser.texts("#effects-list li li") == ROLES
    assert "acts as its reseller" in browser.text("#agreement-text")
    assert browser.find("#sign-up-link").get_attribute("href") == "https://partnerlink.example/signup"
    assert not browser.sees("#accept, #decline, #refusal, #outcome")


def test_looking_changes_nothing(browser, world):
    invited = world.invite()
    before = world.contoso.must("GetInvitation", {"name": invited.name})
    browser.open(fragment(invited.link))
    browser.find("#title")
    assert world.contoso.must("GetInvitation", {"name": invited.name}) == before


def test_unknown_company_accepts_and_is_listed(browser, world, admin):
    invited = world.invite()
    accept_unknown(browser, world, admin, invited)
    assert browser.title == "You have accepted the invitation"
    assert browser.focused == "title"
    assert browser.texts("#outcome-list li") == ["Contoso, reseller: in force.",
                                                 "The administration rights are given."]
    assert world.lists(world.contoso, admin.account)
    shown = world.contoso.must("GetCustomer", {"name": admin.account, "view": "FULL"})
    assert shown["displayName"] == "Łąka & Söhne"
    assert shown["domains"][0]["name"].startswith("xn--")
    assert not browser.sees("#answer")
    browser.picture("accepted-desktop")


def test_combined_invitation_makes_both_relationships(browser, world, admin):
    reseller, provider = world.partnered()
    accept_unknown(browser, world, admin, world.invite(reseller, **world.combined_fields(provider)))
    browser.picture("accepted-both-desktop")
    assert browser.title == "You have accepted the invitation"
    lines = browser.texts("#outcome-list li")
    assert [line.rpartition(", ")[2] for line in lines[:2]] == [
        "reseller: in force.", "indirect provider: in force."]
    assert world.lists(reseller, admin.account)
    assert world.lists(provider, admin.account)


def test_reseller_accepts_a_partnership(browser, world):
    provider, reseller = world.reseller(), world.enrol(world.unique("woodgrove"))
    invited = world.invite(provider, kind="PARTNERSHIP")
    browser.open(fragment(invited.link))
    assert "would like your company to be its reseller" in browser.title
    browser.sign_in(world.caller(reseller, ["global_admin"]).token)
    assert not browser.sees("#rights, #company")
    browser.click("#confirm")
    browser.click("#accept > button")
    assert browser.title == "You have accepted the invitation"
    (line,) = browser.texts("#outcome-list li")
    assert line.endswith(", partnership: in force.")
    pair = provider.must("ListPartnerships", {"parent": provider.account})["partnerships"]
    assert [each["reseller"] for each in pair] == [reseller]


def test_company_form_says_why_it_is_there(browser, world, admin):
    browser.open(fragment(world.invite().link))
    browser.sign_in(admin.token)
    assert not browser.sees("#company")
    browser.click("#confirm")
    browser.click("#accept button")
    assert browser.focused == "refusal"
    assert "tell us about your company" in browser.text("#refusal")
    assert "not known here yet" in browser.text("#company")


def test_known_company_is_not_asked_who_it_is(browser, world):
    known = world.accept(partner=world.fabrikam).customer
    browser.open(fragment(world.invite().link))
    browser.sign_in(known.token)
    browser.click("#confirm")
    browser.click("#accept button")
    assert browser.title == "You have accepted the invitation"


def test_rights_may_be_fewer(browser, world, admin):
    invited = world.invite()
    browser.open(fragment(invited.link))
    browser.sign_in(admin.token)
    browser.click("#roles input[value=license_admin]")
    browser.click("#roles input[value=directory_reader]")
    browser.click("#confirm")
    browser.click("#accept button")
    fill_company(browser, world)
    browser.click("#accept button")
    assert grants_of(world, admin) == [
        {"user_admin", "service_admin", "subscription_admin"}]


def test_accepting_without_the_rights(browser, world, admin):
    browser.open(fragment(world.invite().link))
    browser.sign_in(admin.token)
    browser.click("#grant-no")
    browser.click("#confirm")
    browser.click("#accept button")
    fill_company(browser, world)
    browser.click("#accept button")
    assert browser.texts("#outcome-list li")[1] == "No administration rights are given."
    assert browser.calls("accept")[-1]["declineGrant"] is True


def test_billing_administrator_accepts_without_the_rights(browser, world):
    biller = world.customer(roles=["billing_admin"])
    invited = world.invite()
    browser.open(fragment(invited.link))
    browser.sign_in(biller.token)
    assert browser.is_set("#grant-no")
    assert "billing administrator" in browser.text("#rights")
    browser.click("#roles input[value=user_admin]")
    assert browser.is_set("#grant-yes")
    browser.click("#confirm")
    browser.click("#accept button")
    assert "billing administrator" in browser.text("#refusal")


def test_decline_with_a_reason(browser, world, admin):
    invited = world.invite()
    browser.open(fragment(invited.link))
    browser.sign_in(admin.token)
    browser.picture("answer-desktop")
    browser.fill("#reason", "We buy elsewhere.")
    browser.click("#decline button")
    assert browser.title == "You have declined the invitation"
    assert browser.focused == "title"
    seen = world.contoso.must("GetInvitation", {"name": invited.name})
    assert (seen["state"], seen["declineReason"]) == ("DECLINED", "We buy elsewhere.")


def test_keyboard_alone_accepts(browser, world, admin):
    browser.open(fragment(world.invite().link))
    browser.tab_to("#access-token")
    browser.paste(admin.token)
    browser.press(Keys.ENTER)
    assert browser.focused == "answer-title"
    browser.tab_to("#confirm")
    browser.press(Keys.SPACE)
    browser.press(Keys.TAB)
    browser.press(Keys.ENTER)
    assert browser.focused == "refusal"
    browser.tab_to("#company-name")
    browser.press("Alpine Ski House", Keys.TAB)
    browser.press("Pola")
    browser.tab_to("#accept > button")
    assert browser.run("const style = getComputedStyle(document.activeElement);"
                       "return style.outlineStyle + style.outlineWidth") == "solid3px"
    browser.press(Keys.ENTER)
    assert browser.title == "You have accepted the invitation"
    assert world.lists(world.contoso, admin.account)


def test_login_hands_the_token_over(browser, world, admin):
    link = fragment(world.invite().link)
    browser.open(f"{link}&access_token={admin.token}", "?lang=en")
    assert browser.run("return location.href") == f"{browser.origin}/invite?lang=en#{link}"
    assert browser.text("#who") == f"You answer for {admin.account}."
    browser.click("#sign-out")
    assert browser.focused == "access-token"
    assert not browser.sees("#accept")


def test_lost_answer_is_asked_for_again_with_the_same_id(browser, world, admin):
    invited = world.invite()
    browser.run_first(stubs.LOSING_THE_ANSWER)
    accept_unknown(browser, world, admin, invited)
    assert browser.focused == "refusal"
    assert "counts once" in browser.text("#refusal")
    browser.click("#accept button")
    assert browser.title == "You have accepted the invitation"
    asked, lost, again = [each["requestId"] for each in browser.calls("accept")]
    assert lost == again != asked
    assert len(grants_of(world, admin)) == 1


def test_names_are_text_whatever_they_hold(browser, world, admin):
    name = "<img src=x onerror=alert(1)><script>document.title='x'</script>"
    fields = world.enrol_fields(world.unique("script"), display_name=name)
    world.operator.must("EnrollPartner", fields)
    partner = world.caller(f"partners/{fields['partner_id']}", ["admin_agent"])
    invited = world.invite(partner)
    browser.open(fragment(invited.link))
    assert browser.title == f"{name} would like to be your reseller"
    assert browser.all("main img, main script") == []
    accept_unknown(browser, world, admin, invited, name=name)
    assert browser.texts("#outcome-list li")[0] == f"{name}, reseller: in force."
    assert browser.all("main img, main script") == []
    shown = partner.must("GetCustomer", {"name": admin.account})
    assert shown["displayName"] == name


def test_nothing_secret_is_in_the_logs(browser, world, suite, admin):
    link = fragment(world.invite().link)
    browser.open(f"{link}&access_token={admin.token}")
    browser.click("#decline button")
    logged = "".join(log.read_text() for log in suite.logs())
    assert "/invite/invite.js" in logged
    assert link not in logged
    assert admin.token not in logged
