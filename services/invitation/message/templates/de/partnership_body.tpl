Guten Tag{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} möchte Ihr Anbieter für Cloud-Dienste werden. Wenn Sie zustimmen, können Sie Ihre Kunden bitten, Sie beide mit einem Link anzunehmen. Keiner von Ihnen erhält dadurch Kunden des anderen.{{#NOTE}}

{{TEXT}}{{/NOTE}}

Um die Einzelheiten zu lesen und anzunehmen oder abzulehnen, öffnen Sie diesen Link:

{{LINK}}

Annehmen muss ein globaler Administrator Ihres Unternehmens.{{#VALID}} Der Link kann {{#ONE}}1 Tag{{/ONE}}{{#MANY}}{{DAYS}} Tage{{/MANY}} lang ab dem Tag der Ausstellung benutzt werden.{{/VALID}}

Wer den Link hat, kann für Ihr Unternehmen antworten; geben Sie ihn deshalb bitte nicht weiter.

Mit freundlichen Grüßen
{{PARTNER}}
