"""What Messenger, Instagram and Facebook Pages share: Meta's Graph API. No connector itself."""
