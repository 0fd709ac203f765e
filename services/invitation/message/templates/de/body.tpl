Guten Tag{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} möchte Ihr Reseller für Cloud-Dienste werden: die Daten Ihres Unternehmens sehen und Abonnements für Sie bestellen und verwalten.{{#WITH_PROVIDER}}

Auch sein Anbieter {{PROVIDER}} bittet um Ihre Zustimmung: Er möchte die Daten Ihres Unternehmens sehen und für Sie bestellen, ohne Verwaltungsrechte.{{/WITH_PROVIDER}}{{#NOTE}}

{{TEXT}}{{/NOTE}}{{#GRANT}}

Der Reseller bittet außerdem um delegierte Verwaltungsrechte für {{#ONE}}1 Tag{{/ONE}}{{#MANY}}{{DAYS}} Tage{{/MANY}}. Sie können auch ohne sie annehmen. Es sind:{{#USER_ADMIN}}
- Ihre Benutzer verwalten{{/USER_ADMIN}}{{#LICENSE_ADMIN}}
- Lizenzen zuweisen und entziehen{{/LICENSE_ADMIN}}{{#SERVICE_ADMIN}}
- Ihre Dienste verwalten{{/SERVICE_ADMIN}}{{#SUBSCRIPTION_ADMIN}}
- Ihre Abonnements verwalten{{/SUBSCRIPTION_ADMIN}}{{#DIRECTORY_READER}}
- Ihr Verzeichnis lesen{{/DIRECTORY_READER}}{{#GLOBAL_ADMIN}}
- alles verwalten (Globaler Administrator){{/GLOBAL_ADMIN}}{{/GRANT}}{{#NO_GRANT}}

Verwaltungsrechte über Ihre Benutzer und Dienste werden nicht erbeten.{{/NO_GRANT}}

Einzelheiten lesen, annehmen oder ablehnen können Sie hier:

{{LINK}}

Annehmen muss ein Administrator Ihres Unternehmens.{{#SIGN_UP}} Hat Ihr Unternehmen noch kein Konto, sagt die Seite hinter dem Link, wo Sie sich registrieren.{{/SIGN_UP}}{{#VALID}} Der Link kann {{#ONE}}1 Tag{{/ONE}}{{#MANY}}{{DAYS}} Tage{{/MANY}} lang ab dem Tag der Ausstellung benutzt werden.{{/VALID}}

Wer den Link hat, kann für Ihr Unternehmen antworten; bitte geben Sie ihn nicht weiter.

Mit freundlichen Grüßen
{{PARTNER}}
