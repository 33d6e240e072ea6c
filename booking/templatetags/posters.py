"""How does a page show a poster?"""

from django import template
from django.utils.safestring import SafeString, mark_safe

from booking import posters

register = template.Library()


@register.simple_tag
def poster(name: str) -> SafeString:
    """The poster of the show of this name (its slug), as an SVG."""
    return mark_safe(posters.poster(name))  # shapes and numbers; the name only decides which
