"""Is what a site in production must not lack asked for before it opens?"""

from ticketsite.checks import mails_lead_somewhere


def test_a_site_whose_mails_would_lead_nowhere_is_warned_of_before_it_opens(settings):
    settings.SITE_ADDRESS = ""
    [warning] = mails_lead_somewhere(None)
    assert "SITE_ADDRESS" in warning.msg
    settings.SITE_ADDRESS = "https://tickets.example.com"
    assert mails_lead_somewhere(None) == []
