"""The proof that nothing acknowledged is lost: customers, killers, and a checker that counts."""
