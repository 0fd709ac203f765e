{{PARTNER}} chce zostać Państwa resellerem
