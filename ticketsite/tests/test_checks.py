"""Is what a site in production must not lack asked for before it opens?"""

import os
import subprocess
import sys

from django.conf import settings as site_settings

from ticketsite.checks import mails_lead_somewhere


def test_a_site_whose_mails_would_lead_nowhere_is_warned_of_before_it_opens(settings):
    settings.SITE_ADDRESS = ""
    [warning] = mails_lead_somewhere(None)
    assert "SITE_ADDRESS" in warning.msg
    settings.SITE_ADDRESS = "https://tickets.example.com"
    assert mails_lead_somewhere(None) == []


def test_a_misspelt_environment_is_refused_and_not_taken_for_a_development_machine(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", "import ticketsite.settings"],
        env=os.environ | {"TICKETSITE_ENV": "prod", "TICKETSITE_VAR": str(tmp_path)},
        cwd=site_settings.BASE_DIR, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert 'TICKETSITE_ENV is "prod": set it to production, or leave it out' in done.stderr
