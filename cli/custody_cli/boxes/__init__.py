"""Boxes named, looked at and worked on, without a screen."""
