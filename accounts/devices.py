"""With what does somebody use the site? A browser and a system by the names that people know them by.

A browser's own description (RFC 9110, User-Agent) names half a dozen others that it wants to be taken for, so what is
looked for first is what stands in nobody else's. Versions are left out: they tell nobody which device it is.
"""

import re

from django.utils.translation import gettext as _

# The first that is found counts: Edge, Opera and Samsung's say that they are Chrome, and Chrome that it is Safari.
_BROWSERS = (
    (r"\bEdg(?:e|A|iOS)?/", "Edge"),
    (r"\bOPR/|\bOPT/|\bOpera\b", "Opera"),
    (r"\bSamsungBrowser/", "Samsung Internet"),
    (r"\bFirefox/|\bFxiOS/", "Firefox"),
    (r"\bHeadlessChrome/|\bChrome/|\bCriOS/|\bChromium/", "Chrome"),
    (r"\bVersion/\S+ (?:Mobile/\S+ )?Safari/", "Safari"),
)
# Android and ChromeOS say that they are Linux, iPhones that they are like a Mac.
_SYSTEMS = (
    (r"\biPhone\b|\biPod\b", "iPhone"),
    (r"\biPad\b", "iPad"),
    (r"\bAndroid\b", "Android"),
    (r"\bCrOS\b", "ChromeOS"),
    (r"\bWindows\b", "Windows"),
    (r"\bMac OS X\b|\bMacintosh\b", "Mac"),
    (r"\bLinux\b|\bX11\b", "Linux"),
)
# An app that is no browser names itself first, as in "okhttp/4.12.0".
_APP = re.compile(r"([A-Za-z][\w .-]{0,39}?)(?:/|\s*$)")


def device_name(user_agent: str) -> str:
    """Such as "Firefox on Windows", in the reader's language."""
    browser, system = _first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    if browser or system:
        return browser or system
    app = _APP.match(user_agent)
    return _("The app %(name)s") % {"name": app[1]} if app else _("A device without a name")


def _first(known: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for pattern, name in known if re.search(pattern, user_agent)), "")
