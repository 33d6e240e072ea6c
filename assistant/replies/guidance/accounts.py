"""What is said of accounts: how one gets, keeps, guards and leaves one?"""

from django.urls import reverse
from django.utils.translation import gettext as _

from assistant.replies.pieces import Reply, Suggestion, log_in_link


def account(words: str, *, is_logged_in: bool) -> Reply:
    """What is said of one's account, by what the question speaks of."""
    said = set(words.split())
    pages = {
        "reset": Suggestion(_("Forgot your password?"), reverse("account_reset_password")),
        "password": Suggestion(_("Change password"), reverse("account_change_password")),
        "email": Suggestion(_("E-mail address"), reverse("account_email")),
        "signup": Suggestion(_("Sign up"), reverse("account_signup")),
        "profile": Suggestion(_("Profile"), reverse("account_profile")),
        "data": Suggestion(_("Your data"), reverse("account_personal_data")),
        "devices": Suggestion(_("Devices"), reverse("usersessions_list")),
        "two_steps": Suggestion(_("Two steps and passkeys"), reverse("mfa_index")),
    }
    text, names = _about_account(said, is_logged_in=is_logged_in)
    links = tuple(pages[name] for name in names)
    return Reply(
        text, links if is_logged_in or "signup" in names else (*links, log_in_link(reverse("account_profile")))
    )


def _about_account(said: set[str], *, is_logged_in: bool) -> tuple[str, tuple[str, ...]]:
    if said & {"delete", "erase", "close", "remove", "export", "data", "privacy", "gdpr", "forget"}:
        return _(
            "Under Your data you can download all that is kept of you, or erase your account: bookings stay for the "
            "books, but no longer with your name."
        ), ("data",)
    if said & {"passkey", "passkeys", "authenticator", "factor", "step", "fingerprint", "mfa", "2fa"}:
        return _("Under Two steps you set up an authenticator app, passkeys and recovery codes, or remove them."), (
            "two_steps",
        )
    if said & {"password", "passwords", "passphrase", "locked"} or {"cant", "log"} <= said:
        if said & {"change", "update", "new"} and is_logged_in:
            return _("You can change your password on its page; the old one is asked for."), ("password", "reset")
        return _(
            "If you forgot your password, have a link mailed to you and choose a new one. After too many wrong tries "
            "logging in is locked for a while."
        ), ("reset", "password")
    if said & {"device", "devices"} or {"log", "out"} <= said or "logout" in said:
        return _("Under Devices you see where you are logged in, and can log out there or everywhere."), ("devices",)
    if said & {"email", "mail"}:
        return _("You can change your e-mail address on its page; the new one is confirmed by a code."), ("email",)
    if said & {"language", "german", "hindi", "english", "name", "profile", "zone", "phone"}:
        return _(
            "Name, language and time zone are in your profile; the language can be chosen at the foot of every page, "
            "too."
        ), ("profile",)
    if said & {"guest", "without"}:
        return _(
            "You need no account to buy: an e-mail address will do. Your tickets go there, with a link to your booking."
        ), ("signup",)
    if said & {"verification", "verify", "verified", "code", "confirmation"}:
        return _(
            "The code is mailed to the address you signed up with; a new one can be asked for on the e-mail page."
        ), ("email", "signup")
    return _(
        "You sign up with an e-mail address and a password, and confirm the address by a code that is mailed to you."
    ), ("signup", "profile")
