Dzień dobry{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} chce zostać Państwa dostawcą usług chmurowych. Po wyrażeniu zgody mogą Państwo prosić swoich klientów o przyjęcie obu firm jednym linkiem. Żadna ze stron nie otrzymuje przez to klientów drugiej.{{#NOTE}}

{{TEXT}}{{/NOTE}}

Aby przeczytać szczegóły i przyjąć zaproszenie albo je odrzucić, proszę otworzyć ten link:

{{LINK}}

Zaproszenie musi przyjąć administrator globalny firmy.{{#VALID}} Z linku można korzystać przez {{#ONE}}1 dzień{{/ONE}}{{#MANY}}{{DAYS}} dni{{/MANY}} od dnia wystawienia.{{/VALID}}

Każdy, kto ma ten link, może odpowiedzieć w imieniu firmy, dlatego prosimy go nie przekazywać dalej.

Z poważaniem
{{PARTNER}}
