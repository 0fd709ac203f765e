{{PARTNER}} invites you to a partnership
