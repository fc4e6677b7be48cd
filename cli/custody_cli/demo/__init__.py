"""The demonstration: real polling stations of one kecamatan, an invented return journey, and what an attacker could try."""
