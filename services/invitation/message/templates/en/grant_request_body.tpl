Hello {{CUSTOMER}},

{{PARTNER}} asks your company for delegated administration rights.

Your global administrators find the request among the grants of your company, with the rights that are asked for and their duration. They can approve it, approve a part of it, or decline it; without an answer it lapses, and nothing is granted.

This message was written automatically; please do not answer it.
