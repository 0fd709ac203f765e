{{PARTNER}} has ended its relationship with you
