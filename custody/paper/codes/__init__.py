"""The codes on printed pages: what they hold, and how a photographed page is read."""
