{{PARTNER}} möchte Ihr Reseller werden
