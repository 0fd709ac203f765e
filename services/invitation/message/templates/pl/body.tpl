Dzień dobry{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} chce zostać Państwa resellerem usług chmurowych: widzieć dane firmy oraz zamawiać dla niej subskrypcje i nimi zarządzać.{{#WITH_PROVIDER}}

O zgodę prosi też jego dostawca {{PROVIDER}}: chce widzieć dane firmy i dla niej zamawiać, bez uprawnień administracyjnych.{{/WITH_PROVIDER}}{{#NOTE}}

{{TEXT}}{{/NOTE}}{{#GRANT}}

Reseller prosi także o delegowane uprawnienia administracyjne na {{#ONE}}1 dzień{{/ONE}}{{#MANY}}{{DAYS}} dni{{/MANY}}. Zgoda na nie jest dobrowolna. Są to:{{#USER_ADMIN}}
- zarządzanie użytkownikami{{/USER_ADMIN}}{{#LICENSE_ADMIN}}
- przydzielanie i odbieranie licencji{{/LICENSE_ADMIN}}{{#SERVICE_ADMIN}}
- zarządzanie usługami{{/SERVICE_ADMIN}}{{#SUBSCRIPTION_ADMIN}}
- zarządzanie subskrypcjami{{/SUBSCRIPTION_ADMIN}}{{#DIRECTORY_READER}}
- odczyt katalogu{{/DIRECTORY_READER}}{{#GLOBAL_ADMIN}}
- administrowanie wszystkim (administrator globalny){{/GLOBAL_ADMIN}}{{/GRANT}}{{#NO_GRANT}}

Uprawnienia administracyjne do użytkowników i usług nie są potrzebne.{{/NO_GRANT}}

Szczegóły oraz zgoda lub odmowa pod tym linkiem:

{{LINK}}

Zaproszenie przyjmuje administrator firmy.{{#SIGN_UP}} Jeśli firma nie ma jeszcze konta, strona pod linkiem mówi, gdzie je utworzyć.{{/SIGN_UP}}{{#VALID}} Link działa przez {{#ONE}}1 dzień{{/ONE}}{{#MANY}}{{DAYS}} dni{{/MANY}} od dnia wystawienia.{{/VALID}}

Kto ma link, może odpowiedzieć w imieniu firmy: prosimy go nie przekazywać.

Z poważaniem
{{PARTNER}}
