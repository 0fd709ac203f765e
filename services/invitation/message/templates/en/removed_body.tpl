Hello {{CUSTOMER}},

{{PARTNER}} has ended a relationship with your company, and orders and manages nothing through it any more. Your relationships with other partners are as before.

Administration rights that you have granted to {{PARTNER}} may still be in force. Your global administrators find them among the grants of your company, and can end them at any time.

This message was written automatically; please do not answer it.
