{{PARTNER}} hat die Geschäftsbeziehung mit Ihnen beendet
