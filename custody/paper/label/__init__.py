"""Labels, badges and stickers, on sheets, on rolls and as ZPL."""
