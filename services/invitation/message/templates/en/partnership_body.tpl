Hello{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} would like to be your provider of cloud services. If you agree, you may ask your customers to accept both of you with one link. Neither of you gets any of the other's customers by this.{{#NOTE}}

{{TEXT}}{{/NOTE}}

To read the details, and to accept or decline, open this link:

{{LINK}}

A global administrator of your company has to accept.{{#VALID}} The link can be used for {{#ONE}}1 day{{/ONE}}{{#MANY}}{{DAYS}} days{{/MANY}} from the day it is issued.{{/VALID}}

Whoever holds the link can answer for your company, so please do not pass it on.

Kind regards
{{PARTNER}}
