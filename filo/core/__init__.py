"""Clock, ids, events, SQL, secrets and the safe fetcher: no business lives here."""
