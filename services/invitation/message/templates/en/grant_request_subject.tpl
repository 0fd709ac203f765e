{{PARTNER}} asks for administration rights
