"""Do people know their devices again by what we call them?"""

import pytest

from accounts.devices import device_name

_GECKO = "(KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {_GECKO} Chrome/141.0.0.0 Safari/537.36",
            "Chrome on Windows",
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 {_GECKO} Chrome/141.0.0.0 Safari/537.36 "
            "Edg/141.0.0.0",
            "Edge on Windows",
        ),
        (
            f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 {_GECKO} Version/18.1 "
            "Safari/605.1.15",
            "Safari on Mac",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 {_GECKO} Version/18.1 "
            "Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 {_GECKO} CriOS/141.0 "
            "Mobile/15E148 Safari/604.1",
            "Chrome on iPhone",
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 {_GECKO} SamsungBrowser/26.0 Chrome/122.0 "
            "Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0", "Firefox on Linux"),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 {_GECKO} Chrome/141.0.0.0 Safari/537.36",
            "Chrome on ChromeOS",
        ),
        ("okhttp/4.12.0", "The app okhttp"),
        ("python-httpx2/1.0", "The app python-httpx2"),
        ("My Tickets", "The app My Tickets"),
        ("Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8)", "Android"),
        ("", "A device without a name"),
        ("<script>alert(1)</script>", "A device without a name"),
        ("x" * 400, "A device without a name"),
    ],
)
def test_a_device_is_called_by_its_browser_and_its_system(user_agent, name):
    assert device_name(user_agent) == name
