"""What the played Messenger, Instagram and Facebook Page share: one Graph API, one Send API.

The host is one for all of Meta: what stands here answers for the accounts of these three, and
hands over to WhatsApp what is none of theirs.
"""

from __future__ import annotations
