Hello{{#COMPANY}} {{NAME}}{{/COMPANY}},

{{PARTNER}} would like to be your reseller of cloud services. If you agree, it may see your company's data, and order and manage subscriptions for you.{{#WITH_PROVIDER}}

Its provider {{PROVIDER}} asks to be accepted too: it may then see your company's data and place orders for you, without administration rights.{{/WITH_PROVIDER}}{{#NOTE}}

{{TEXT}}{{/NOTE}}{{#GRANT}}

The reseller also asks for delegated administration rights for {{#ONE}}1 day{{/ONE}}{{#MANY}}{{DAYS}} days{{/MANY}}. You may accept without them. They are:{{#USER_ADMIN}}
- manage your users{{/USER_ADMIN}}{{#LICENSE_ADMIN}}
- assign and remove licences{{/LICENSE_ADMIN}}{{#SERVICE_ADMIN}}
- manage your services{{/SERVICE_ADMIN}}{{#SUBSCRIPTION_ADMIN}}
- manage your subscriptions{{/SUBSCRIPTION_ADMIN}}{{#DIRECTORY_READER}}
- read your directory{{/DIRECTORY_READER}}{{#GLOBAL_ADMIN}}
- administer everything (Global administrator){{/GLOBAL_ADMIN}}{{/GRANT}}{{#NO_GRANT}}

No administration rights over your users and services are asked for.{{/NO_GRANT}}

To read the details, and to accept or decline, open this link:

{{LINK}}

An administrator of your company has to accept.{{#SIGN_UP}} If your company has no account yet, the page behind the link says where to sign up.{{/SIGN_UP}}{{#VALID}} The link can be used for {{#ONE}}1 day{{/ONE}}{{#MANY}}{{DAYS}} days{{/MANY}} from the day it is issued.{{/VALID}}

Whoever holds the link can answer for your company, so please do not pass it on.

Kind regards
{{PARTNER}}
