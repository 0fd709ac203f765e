{{PARTNER}} bittet um Verwaltungsrechte
