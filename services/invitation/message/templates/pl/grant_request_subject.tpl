{{PARTNER}} prosi o uprawnienia administracyjne
