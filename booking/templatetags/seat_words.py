"""How do pages say what state a seat is in?"""

from django import template

from booking.seatwords import state_words

register = template.Library()


@register.filter
def state_word(state: str) -> str:
    """Being bought, for "held"."""
    return state_words()[state]
