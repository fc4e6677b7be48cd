"""Deeds: what was done at one moment, to be signed in ink; the founding deed; the page of an incident."""
