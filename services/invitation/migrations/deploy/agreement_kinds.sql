-- A text for each kind of invitation: who becomes what, sees what and may do what. A version is whole:
-- one time for all of it, and each kind in English at least.
BEGIN;
SET LOCAL ROLE invitation_owner;

-- What there is speaks of a reseller only.
ALTER TABLE invitation.agreement_texts
  ADD COLUMN kind text NOT NULL DEFAULT 'CUSTOMER'
    CHECK (kind IN ('CUSTOMER', 'CUSTOMER_WITH_PROVIDER', 'PARTNERSHIP')),
  DROP CONSTRAINT agreement_texts_pkey,
  ADD PRIMARY KEY (version, kind, locale);
ALTER TABLE invitation.agreement_texts ALTER COLUMN kind DROP DEFAULT;

INSERT INTO invitation.agreement_texts (version, kind, locale, body, effective_time) VALUES
  ('2026-11', 'CUSTOMER_WITH_PROVIDER', 'en',
   'By accepting, our company agrees to two relationships. The reseller, the partner that invites us, '
   'sees our company data and the subscriptions it sells to us, orders for us and manages those '
   'subscriptions. Where administration rights are asked for, our company gives them to the reseller, '
   'and to it alone, for the time named. The indirect provider, the company named together with it, '
   'through which the reseller buys, sees our company data and the orders it places for us; it may '
   'order new subscriptions or more licences for us, and gets no administration rights. Our company '
   'may end each of the two relationships by itself, and the rights, at any time.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'CUSTOMER_WITH_PROVIDER', 'de',
   'Mit der Annahme stimmt unser Unternehmen zwei Beziehungen zu. Der Reseller, also der Partner, der '
   'uns einlädt, sieht die Daten unseres Unternehmens und die Abonnements, die er uns verkauft, '
   'bestellt für uns und verwaltet diese Abonnements. Wo Verwaltungsrechte erbeten sind, gibt unser '
   'Unternehmen sie für die genannte Zeit dem Reseller, und nur ihm. Der indirekte Anbieter, also das '
   'mit ihm genannte Unternehmen, über das der Reseller einkauft, sieht die Daten unseres '
   'Unternehmens und die Bestellungen, die er für uns aufgibt; er darf für uns neue Abonnements oder '
   'mehr Lizenzen bestellen und erhält keine Verwaltungsrechte. Unser Unternehmen kann jede der beiden '
   'Beziehungen für sich und die Rechte jederzeit beenden.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'CUSTOMER_WITH_PROVIDER', 'pl',
   'Przyjmując zaproszenie, nasza firma zgadza się na dwie relacje. Reseller, czyli partner, który nas '
   'zaprasza, widzi dane naszej firmy i subskrypcje, które jej sprzedaje, zamawia dla nas i zarządza '
   'tymi subskrypcjami. Jeżeli zaproszenie obejmuje uprawnienia administracyjne, nasza firma nadaje je '
   'na wskazany czas resellerowi i tylko jemu. Dostawca pośredni, czyli wskazana razem z nim firma, u '
   'której reseller kupuje, widzi dane naszej firmy i zamówienia, które dla nas składa; może zamawiać '
   'dla nas nowe subskrypcje lub więcej licencji i nie otrzymuje uprawnień administracyjnych. Nasza '
   'firma może w każdej chwili zakończyć każdą z tych relacji z osobna i odebrać uprawnienia.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'PARTNERSHIP', 'en',
   'By accepting, our company agrees to a partnership: the partner named here becomes our indirect '
   'provider, through which we buy as a reseller, and each of us sees the name and the country of the '
   'other. Neither gets any of the other''s customers by this. Our company may ask customers to accept '
   'both of us with one link; the provider sees these invitations once they are issued, with mail '
   'addresses masked, and who has accepted them, and may require that it agrees to each of them first. '
   'For a customer that has accepted both, the provider may order, also more licences on subscriptions '
   'that we sell to it. Either of us may end the partnership at any time; open invitations for both '
   'end with it, and what customers have agreed to stays.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'PARTNERSHIP', 'de',
   'Mit der Annahme stimmt unser Unternehmen einer Partnerschaft zu: Der hier genannte Partner wird '
   'unser indirekter Anbieter, über den wir als Reseller einkaufen, und jeder von beiden sieht Namen '
   'und Land des anderen. Keiner erhält dadurch Kunden des anderen. Unser Unternehmen darf Kunden '
   'bitten, beide mit einem Link anzunehmen; der Anbieter sieht diese Einladungen, sobald sie '
   'ausgestellt sind, mit verdeckten E-Mail-Adressen, und wer sie angenommen hat, und kann verlangen, '
   'dass er jeder von ihnen vorher zustimmt. Für einen Kunden, der beide angenommen hat, darf der '
   'Anbieter bestellen, auch mehr Lizenzen zu Abonnements, die wir ihm verkaufen. Jeder von beiden '
   'kann die Partnerschaft jederzeit beenden; offene Einladungen für beide enden mit ihr, und was '
   'Kunden vereinbart haben, bleibt bestehen.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'PARTNERSHIP', 'pl',
   'Przyjmując zaproszenie, nasza firma zgadza się na partnerstwo: wskazany tu partner zostaje naszym '
   'dostawcą pośrednim, u którego kupujemy jako reseller, a każda ze stron widzi nazwę i kraj drugiej. '
   'Żadna ze stron nie otrzymuje przez to klientów drugiej. Nasza firma może prosić klientów o '
   'przyjęcie obu firm jednym linkiem; dostawca widzi te zaproszenia od chwili ich wystawienia, z '
   'ukrytymi adresami e-mail, oraz to, kto je przyjął, i może wymagać, aby każde z nich najpierw sam '
   'zatwierdził. Dla klienta, który przyjął obie firmy, dostawca może składać zamówienia, także na '
   'więcej licencji w subskrypcjach, które mu sprzedajemy. Każda ze stron może w każdej chwili '
   'zakończyć partnerstwo; otwarte zaproszenia w imieniu obu firm kończą się wraz z nim, a to, na co '
   'zgodzili się klienci, pozostaje w mocy.',
   '2026-11-01T00:00:00Z');

-- At the end of the transaction, so that a version may come row by row.
CREATE FUNCTION invitation.check_agreement() RETURNS trigger
  LANGUAGE plpgsql
  SET search_path = pg_catalog AS $$
BEGIN
  IF (SELECT count(*) FILTER (WHERE locale = 'en') < 3 OR min(effective_time) < max(effective_time)
      FROM invitation.agreement_texts WHERE version = NEW.version) THEN
    RAISE EXCEPTION 'version % of the agreement is not whole', NEW.version
      USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$;
REVOKE ALL ON FUNCTION invitation.check_agreement FROM PUBLIC;
CREATE CONSTRAINT TRIGGER whole AFTER INSERT ON invitation.agreement_texts
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION invitation.check_agreement();
COMMIT;
