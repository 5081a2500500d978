"""Who answers: people, teams, roles, tokens, and the one scope through which every read goes."""
