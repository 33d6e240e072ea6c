"""Timetables that railways publish as GTFS (gtfs.org/documentation/schedule/reference), made into trains on sale.

reading.py    what does a file of the feed say, line by line?
fields.py     what does one value mean?
staging.py    the feed on disk, so that a large one needs no more memory than a small one
checking.py   does the feed contradict itself?
stations.py   which stops are one station?
calls.py      when does a trip call where?
calendars.py  on which days, if they are moved to the present?
pricing.py    what does the feed say that a journey costs?
composing.py  of which coaches are its trains?
writing.py    which stations, calendars and fares are new or different?
trains.py     which trains are?
dropped.py    which runs that are on sale does it not have any more?
importing.py  all of it, in one transaction
"""
