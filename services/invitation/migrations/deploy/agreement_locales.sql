-- The first agreement in German and Polish; who asks for another language reads the English text.
BEGIN;
SET LOCAL ROLE invitation_owner;
INSERT INTO invitation.agreement_texts (version, locale, body, effective_time) VALUES
  ('2026-11', 'de',
   'Mit der Annahme stimmt unser Unternehmen zu, dass der hier genannte Partner als sein Reseller '
   'handelt und die Daten unseres Unternehmens sowie die Abonnements sieht, die er uns verkauft. Wo '
   'Verwaltungsrechte erbeten sind, gibt unser Unternehmen sie dem Partner für die genannte Zeit. '
   'Unser Unternehmen kann die Beziehung und die Rechte jederzeit beenden.',
   '2026-11-01T00:00:00Z'),
  ('2026-11', 'pl',
   'Przyjmując zaproszenie, nasza firma zgadza się, aby wskazany tu partner działał jako jej reseller '
   'oraz widział dane naszej firmy i subskrypcje, które jej sprzedaje. Jeżeli zaproszenie obejmuje '
   'uprawnienia administracyjne, nasza firma nadaje je partnerowi na wskazany czas. Nasza firma może '
   'w każdej chwili zakończyć relację i odebrać uprawnienia.',
   '2026-11-01T00:00:00Z');
COMMIT;
