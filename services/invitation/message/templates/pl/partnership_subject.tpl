{{PARTNER}} zaprasza Państwa do partnerstwa
