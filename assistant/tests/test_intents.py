"""What people write, and what they mean by it."""

import pytest

from assistant.intents import Intent
from assistant.services import understand

LABELLED = [
    # --- Is a seat free?
    ("Is B1-14 free on 12951 tomorrow from Mumbai to Delhi?", Intent.SEAT_FREE),
    ("is seat A-12 free for The Clockmaker's Daughter on Friday?", Intent.SEAT_FREE),
    ("b1 14 availble on 12951 tomorow frm mumbai to dehli", Intent.SEAT_FREE),
    ("Is seat 14 in coach B1 taken on the Rajdhani tomorrow?", Intent.SEAT_FREE),
    ("coach B1 seat 14 12951 22 Nov", Intent.SEAT_FREE),
    ("can I still get B1/14 on train 12951 on Sunday", Intent.SEAT_FREE),
    ("row A seat 12 for clockmaker on friday - is it vacant?", Intent.SEAT_FREE),
    ("Has anybody booked A-12 for Monsoon Wedding Songs?", Intent.SEAT_FREE),
    ("A12 clockmaker friday?", Intent.SEAT_FREE),
    ("Are B1-13, 14 and 15 free on 12951 tomorrow?", Intent.SEAT_FREE),
    ("are there any seats left on 12951 tomorrow from Surat to Kota", Intent.SEAT_FREE),
    ("how many tickets are left for the clockmakers daughter on friday", Intent.SEAT_FREE),
    ("seats available mumbai to delhi tomorrow", Intent.SEAT_FREE),
    ("seat avalability for 12951 tomorrow", Intent.SEAT_FREE),
    ("Is 12951 sold out tomorrow? any tickets?", Intent.SEAT_FREE),
    # --- Trains
    ("trains from Mumbai to Delhi tomorrow", Intent.TRAINS),
    ("trians form mumbi to dehli tommorow", Intent.TRAINS),
    ("Mumbai to Delhi on 21 Nov", Intent.TRAINS),
    ("How do I get from Surat to Kota on Friday?", Intent.TRAINS),
    ("when does 12951 leave tomorrow?", Intent.TRAINS),
    ("which trains run between Mumbai and Delhi on Sunday", Intent.TRAINS),
    ("I want to go to Delhi from Bombay next Monday", Intent.TRAINS),
    ("train to Delhi", Intent.TRAINS),
    ("Chennai Bangalore tomorrow", Intent.TRAINS),
    ("how much is 12951 from Surat to Delhi tomorrow", Intent.FARES),
    ("what does a ticket from Mumbai to Delhi cost tomorrow", Intent.FARES),
    ("fare MMCT to NDLS tomorrow", Intent.FARES),
    ("book a ticket from Mumbai to Delhi tomorrow", Intent.BOOK),
    ("is there a train from Mumbai to Atlantis tomorrow", Intent.TRAINS),
    ("departures from Surat today", Intent.TRAINS),
    ("when is the next connection between Vadodara and Kota?", Intent.TRAINS),
    # --- What is on
    ("What's on?", Intent.WHATS_ON),
    ("what is on tomorrow", Intent.WHATS_ON),
    ("Whats on in Mumbai on Friday", Intent.WHATS_ON),
    ("which shows are playing this week?", Intent.WHATS_ON),
    ("shwos tonight", Intent.WHATS_ON),
    ("any concerts on friday", Intent.WHATS_ON),
    ("upcoming performances", Intent.WHATS_ON),
    ("perfomances tomorrow", Intent.WHATS_ON),
    ("When is The Clockmaker's Daughter?", Intent.WHATS_ON),
    ("how much is the clockmakers dauhgter", Intent.FARES),
    ("Monsoon Weding Songs", Intent.WHATS_ON),
    ("tickets for A Monday in Kochi", Intent.WHATS_ON),
    ("tickets for Platform Nine", Intent.WHATS_ON),
    ("whats happening this weekend in Delhi", Intent.WHATS_ON),
    ("I would like to see something at the theatre", Intent.WHATS_ON),
    # --- How to book
    ("How do I book?", Intent.HOW_TO_BOOK),
    ("how to book a ticket", Intent.HOW_TO_BOOK),
    ("hwo can i boook a seat", Intent.HOW_TO_BOOK),
    ("I want to buy tickets", Intent.BOOK),
    ("how does reservation work", Intent.HOW_TO_BOOK),
    ("where can I purchase a ticket?", Intent.HOW_TO_BOOK),
    ("explain how booking works", Intent.HOW_TO_BOOK),
    # --- How to pay
    ("How do I pay?", Intent.HOW_TO_PAY),
    ("which cards do you take", Intent.HOW_TO_PAY),
    ("how can I pay for my booking", Intent.HOW_TO_PAY),
    ("paymnet methods", Intent.HOW_TO_PAY),
    ("can I pay by credit card?", Intent.HOW_TO_PAY),
    ("my card was refused, what now", Intent.PAYMENT_PROBLEM),
    # --- How to cancel
    ("How do I cancel?", Intent.CANCEL),
    ("cancle my booking", Intent.CANCEL),
    ("can I get a refund", Intent.CANCEL),
    ("I want my money back", Intent.CANCEL),
    ("how to canel one of my seats on 12951", Intent.CANCEL),
    ("give my ticket back", Intent.CANCEL),
    # --- My bookings
    ("My bookings", Intent.MY_BOOKINGS),
    ("show my bokings", Intent.MY_BOOKINGS),
    ("what have I booked?", Intent.MY_BOOKINGS),
    ("where are my tickets", Intent.TICKETS),
    ("list my orders please", Intent.MY_BOOKINGS),
    ("which seats did I book", Intent.MY_BOOKINGS),
    ("my resevations", Intent.MY_BOOKINGS),
    ("is my booking confirmed?", Intent.MY_BOOKINGS),
    # --- Help
    ("help", Intent.HELP),
    ("Hello!", Intent.SMALLTALK),
    ("what can you do?", Intent.HELP),
    ("who are you", Intent.SMALLTALK),
    # --- Not ours
    ("What is the weather in Mumbai tomorrow?", Intent.UNKNOWN),
    ("is it going to rain in Kota tomorrow", Intent.UNKNOWN),
    ("who won the cricket", Intent.UNKNOWN),
    ("is train 12951 late today", Intent.RUNNING),
    ("which platform does the Rajdhani leave from", Intent.RUNNING),
    ("Is there food on 12951?", Intent.UNKNOWN),
    ("tell me a joke", Intent.UNKNOWN),
    ("who is the prime minister", Intent.UNKNOWN),
    ("asdf qwer zxcv", Intent.UNKNOWN),
    ("42", Intent.UNKNOWN),
    ("?", Intent.UNKNOWN),
]


@pytest.mark.parametrize(("message", "intent"), LABELLED, ids=[message for message, _ in LABELLED])
def test_what_is_written_is_understood_as_meant(world, message, intent):
    assert understand(message).intent == intent
