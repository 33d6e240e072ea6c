"""The catalogue's lists as spreadsheets (CSV and XLSX): out as they are, and in again row by row, or not at all.

`values.py` says how a cell is written, `files.py` how a file becomes rows, `sheet.py` what all lists have in common;
then one file for the lists of each half of the catalogue. The pages are in `booking/admin/catalogue.py`.
"""
