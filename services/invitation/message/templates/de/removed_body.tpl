Guten Tag {{CUSTOMER}},

{{PARTNER}} hat eine Geschäftsbeziehung mit Ihrem Unternehmen beendet und bestellt und verwaltet darüber nichts mehr. Ihre Beziehungen zu anderen Partnern bestehen unverändert fort.

Verwaltungsrechte, die Sie {{PARTNER}} erteilt haben, können noch in Kraft sein. Ihre globalen Administratoren finden sie unter den Berechtigungen Ihres Unternehmens und können sie jederzeit beenden.

Diese Nachricht wurde automatisch geschrieben; bitte antworten Sie nicht darauf.
