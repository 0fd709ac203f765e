Dzień dobry {{CUSTOMER}},

{{PARTNER}} prosi Państwa firmę o delegowane uprawnienia administracyjne.

Administratorzy globalni Państwa firmy znajdą tę prośbę wśród uprawnień firmy, wraz z zakresem i czasem trwania. Mogą ją zatwierdzić w całości lub w części albo odrzucić; bez odpowiedzi prośba wygasa i nic nie zostaje udzielone.

Ta wiadomość powstała automatycznie; prosimy na nią nie odpowiadać.
