Guten Tag{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} möchte Ihr Reseller für Cloud-Dienste werden. Wenn Sie zustimmen, darf {{PARTNER}} die Daten Ihres Unternehmens sehen und Abonnements für Sie bestellen und verwalten.{{#WITH_PROVIDER}}

{{PARTNER}} kauft über den Anbieter {{PROVIDER}} ein, der ebenfalls um Ihre Zustimmung bittet: Er darf dann die Daten Ihres Unternehmens sehen und für Sie bestellen. Verwaltungsrechte erhält er nicht.{{/WITH_PROVIDER}}{{#NOTE}}

{{TEXT}}{{/NOTE}}{{#GRANT}}

{{PARTNER}} bittet außerdem um delegierte Verwaltungsrechte für {{#ONE}}1 Tag{{/ONE}}{{#MANY}}{{DAYS}} Tage{{/MANY}}. Sie können auch ohne sie annehmen. Es sind:{{#USER_ADMIN}}
- Ihre Benutzer verwalten{{/USER_ADMIN}}{{#LICENSE_ADMIN}}
- Lizenzen zuweisen und entziehen{{/LICENSE_ADMIN}}{{#SERVICE_ADMIN}}
- Ihre Dienste verwalten{{/SERVICE_ADMIN}}{{#SUBSCRIPTION_ADMIN}}
- Ihre Abonnements verwalten{{/SUBSCRIPTION_ADMIN}}{{#DIRECTORY_READER}}
- Ihr Verzeichnis lesen{{/DIRECTORY_READER}}{{#GLOBAL_ADMIN}}
- alles verwalten (Globaler Administrator){{/GLOBAL_ADMIN}}{{/GRANT}}{{#NO_GRANT}}

Verwaltungsrechte über Ihre Benutzer und Dienste werden nicht erbeten.{{/NO_GRANT}}

Um die Einzelheiten zu lesen und anzunehmen oder abzulehnen, öffnen Sie diesen Link:

{{LINK}}

Annehmen muss ein Administrator Ihres Unternehmens. Wenn Ihr Unternehmen noch kein Konto hat, sagt die Seite hinter dem Link, wo Sie sich registrieren.{{#VALID}} Der Link kann {{#ONE}}1 Tag{{/ONE}}{{#MANY}}{{DAYS}} Tage{{/MANY}} lang ab dem Tag der Ausstellung benutzt werden.{{/VALID}}

Wer den Link hat, kann für Ihr Unternehmen antworten; geben Sie ihn deshalb bitte nicht weiter.

Mit freundlichen Grüßen
{{PARTNER}}
