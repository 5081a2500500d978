"""What happened, told at once: one stream of server-sent events per browser, read from the log.

The log is the truth and the stream is a hint: a cursor finds again whatever a cut, a kill or a
sleeping laptop has missed. `cursor` reads the log, `tail` reads it once per process and shares
what it rendered, `stream` is the raw ASGI door, `visitors` the customer's side of it.
"""
