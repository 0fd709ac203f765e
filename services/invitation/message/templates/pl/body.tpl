Dzień dobry{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} chce zostać Państwa resellerem usług chmurowych. Po wyrażeniu zgody {{PARTNER}} może widzieć dane firmy oraz zamawiać dla Państwa subskrypcje i nimi zarządzać.{{#WITH_PROVIDER}}

{{PARTNER}} kupuje za pośrednictwem dostawcy {{PROVIDER}}, który również prosi o zgodę: będzie mógł widzieć dane firmy i składać dla Państwa zamówienia. Nie otrzyma uprawnień administracyjnych.{{/WITH_PROVIDER}}{{#NOTE}}

{{TEXT}}{{/NOTE}}{{#GRANT}}

{{PARTNER}} prosi także o delegowane uprawnienia administracyjne na {{#ONE}}1 dzień{{/ONE}}{{#MANY}}{{DAYS}} dni{{/MANY}}. Zaproszenie można przyjąć również bez nich. Są to:{{#USER_ADMIN}}
- zarządzanie użytkownikami{{/USER_ADMIN}}{{#LICENSE_ADMIN}}
- przydzielanie i odbieranie licencji{{/LICENSE_ADMIN}}{{#SERVICE_ADMIN}}
- zarządzanie usługami{{/SERVICE_ADMIN}}{{#SUBSCRIPTION_ADMIN}}
- zarządzanie subskrypcjami{{/SUBSCRIPTION_ADMIN}}{{#DIRECTORY_READER}}
- odczyt katalogu{{/DIRECTORY_READER}}{{#GLOBAL_ADMIN}}
- administrowanie wszystkim (administrator globalny){{/GLOBAL_ADMIN}}{{/GRANT}}{{#NO_GRANT}}

Uprawnienia administracyjne do użytkowników i usług nie są potrzebne.{{/NO_GRANT}}

Aby przeczytać szczegóły i przyjąć zaproszenie albo je odrzucić, proszę otworzyć ten link:

{{LINK}}

Zaproszenie musi przyjąć administrator firmy. Jeśli firma nie ma jeszcze konta, strona pod tym linkiem wskazuje, gdzie się zarejestrować.{{#VALID}} Z linku można korzystać przez {{#ONE}}1 dzień{{/ONE}}{{#MANY}}{{DAYS}} dni{{/MANY}} od dnia wystawienia.{{/VALID}}

Każdy, kto ma ten link, może odpowiedzieć w imieniu firmy, dlatego prosimy go nie przekazywać dalej.

Z poważaniem
{{PARTNER}}
