{{PARTNER}} kończy relację z Państwa firmą
