{{PARTNER}} lädt Sie zu einer Partnerschaft ein
