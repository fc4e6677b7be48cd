"""Keys and those who hold them: signing, authorities at work, invitations."""
