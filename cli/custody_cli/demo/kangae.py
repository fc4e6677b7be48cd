"""Kecamatan Kangae, Sikka, Pemilu 2024: official codes, counts per desa: 9 desa, 53 TPS, 265 boxes.

Real: codes, names and counts (the police of Sikka, tribratanewssikka.com, 11 February 2024). Everything else in the demonstration is
invented.
"""

COUNTS = """kode,nama,jumlah_tps,kecamatan,kabupaten,provinsi
53.07.19.2001,Teka Iku,4,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2002,Mekendetung,6,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2003,Kokowahor,4,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2004,Balatatatin,4,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2005,Watuliwung,6,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2006,Tana Duen,7,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2007,Watumilok,8,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2008,Habi,7,Kangae,Sikka,Nusa Tenggara Timur
53.07.19.2009,Langir,7,Kangae,Sikka,Nusa Tenggara Timur
,Jumlah,53,,,
"""
KECAMATAN = "530719"
WAREHOUSE = "5307-GUDANG"
ZONE = "Asia/Makassar"
BOXES = 265
