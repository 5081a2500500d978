"""Web chat: our own widget on the company's pages, which speaks to us like any provider."""
