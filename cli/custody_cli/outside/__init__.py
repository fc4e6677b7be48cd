"""What lies outside the office: witnesses, and what others hold."""
