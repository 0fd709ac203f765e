Guten Tag {{CUSTOMER}},

{{PARTNER}} bittet Ihr Unternehmen um delegierte Verwaltungsrechte.

Ihre globalen Administratoren finden die Anfrage unter den Berechtigungen Ihres Unternehmens, mit den erbetenen Rechten und ihrer Dauer. Sie können ihr ganz oder zum Teil zustimmen oder sie ablehnen; ohne Antwort verfällt sie, und nichts wird erteilt.

Diese Nachricht wurde automatisch geschrieben; bitte antworten Sie nicht darauf.
