{{PARTNER}} would like to be your reseller
