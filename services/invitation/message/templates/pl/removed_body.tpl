Dzień dobry {{CUSTOMER}},

{{PARTNER}} zakończył relację z Państwa firmą i niczego już w jej ramach nie zamawia ani nie zarządza. Relacje z innymi partnerami pozostają bez zmian.

Uprawnienia administracyjne udzielone partnerowi {{PARTNER}} mogą nadal obowiązywać. Administratorzy globalni Państwa firmy znajdą je wśród uprawnień firmy i mogą je w każdej chwili odebrać.

Ta wiadomość powstała automatycznie; prosimy na nią nie odpowiadać.
