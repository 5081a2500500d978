"""What is tested across parts; a part's own tests stand beside it."""

from __future__ import annotations
