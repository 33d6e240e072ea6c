"""What is said of accounts: how one gets, keeps, guards and leaves one?"""

from collections.abc import Callable, Mapping

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from assistant.replies.pieces import Reply, Suggestion, bookings_link, log_in_link


def account(person: User | None) -> Reply:
    """In general. `person` is who asks, if that is known; a guest has no account."""
    if person is None or person.is_guest:
        text = _(
            "You sign up with an e-mail address and a password, and confirm the address by a code that is mailed to "
            "you. You can also buy without an account."
        )
        return Reply(text, _links("signup", "reset", person=person))
    text = _(
        "You are logged in as %(mail)s. On the pages of your account you change your name, e-mail address, password "
        "and language, set up a second step, see where you are logged in, and download or erase your data."
    )
    return Reply(text % {"mail": person.mail_address}, _links("profile", "email", "password", "data", person=person))


def fact_of_accounts(topic: str, person: User | None) -> Reply | None:
    """None: the topic is none of accounts."""
    if topic not in _FACTS:
        return None
    fact, pages = _FACTS[topic]
    return Reply(fact(person), _links(*pages, person=person))


def _links(*names: str, person: User | None) -> tuple[Suggestion, ...]:
    every = {
        "reset": lambda: Suggestion(_("Forgot your password?"), reverse("account_reset_password")),
        "password": lambda: Suggestion(_("Change password"), reverse("account_change_password")),
        "email": lambda: Suggestion(_("E-mail address"), reverse("account_email")),
        "signup": lambda: Suggestion(_("Sign up"), reverse("account_signup")),
        "profile": lambda: Suggestion(_("Profile"), reverse("account_profile")),
        "data": lambda: Suggestion(_("Your data"), reverse("account_personal_data")),
        "devices": lambda: Suggestion(_("Devices"), reverse("usersessions_list")),
        "two_steps": lambda: Suggestion(_("Two steps and passkeys"), reverse("mfa_index")),
        "bookings": bookings_link,
    }
    links = tuple(every[name]() for name in names)
    has_account = person is not None and not person.is_guest
    return links if has_account else (*links, log_in_link(reverse("account_profile")))


def _stranger(person: User | None) -> str:
    return _(
        "Choose another password at once: that logs out whoever else is in your account. Under Devices you see where "
        "you are logged in, and can log out everywhere else. A second step guards the account from then on."
    )


def _unasked_code(person: User | None) -> str:
    return _(
        "Somebody probably mistyped their address. Without the code nobody gets in and nothing changes: do nothing, "
        "and give it to nobody. It is good for a quarter of an hour. If you are in doubt, change your password."
    )


def _password_mail(person: User | None) -> str:
    return _(
        "Look among unwanted mail, and give the address that you signed up with: to another one no link can be sent. "
        "If nothing comes within some minutes, ask for the mail again."
    )


def _code_mail(person: User | None) -> str:
    return _(
        "The code is mailed to the address you signed up with and is good for a quarter of an hour. If it does not "
        "come, look among unwanted mail, check the address, and ask for a new one on the same page."
    )


def _lost_phone(person: User | None) -> str:
    return _(
        "Log in with a recovery code: each lets you in once. Then, under Two steps, remove the lost phone’s app or "
        "passkey, and log it out under Devices. Without recovery codes and without a passkey elsewhere I know of no "
        "way in; so make and keep such codes in time."
    )


def _two_steps(person: User | None) -> str:
    return _(
        "Under Two steps you set up an authenticator app, whose code is asked for after your password, or passkeys "
        "(finger, face or PIN), and recovery codes in case the phone is lost. There you turn them off again, too."
    )


def _password_rules(person: User | None) -> str:
    return _("The page on which you choose a password says what it needs, and whether yours will do.")


def _locked(person: User | None) -> str:
    return _("After too many wrong tries logging in is locked for some minutes. Wait, or choose another password.")


def _change_password(person: User | None) -> str:
    return _(
        "You change your password on its page; the old one is asked for. If you do not know it, have a link mailed."
    )


def _password(person: User | None) -> str:
    return _(
        "If you forgot your password, have a link mailed to you and choose a new one. After too many wrong tries "
        "logging in is locked for a while."
    )


def _which_mail(person: User | None) -> str:
    if person is None:
        return _("You are not logged in, so I do not know who you are.")
    if person.is_guest:
        return _("You have no account here; you buy as a guest, as %(mail)s.") % {"mail": person.mail_address}
    return _("You are logged in as %(mail)s.") % {"mail": person.mail_address}


def _my_name(person: User | None) -> str:
    if person is None:
        return _which_mail(person)
    if not person.name:
        return _("There is no name in your profile.")
    return _("The name in your profile is %(name)s.") % {"name": person.name}


def _change_name(person: User | None) -> str:
    return _("You change your name in your profile. Tickets that are paid keep the names that they have.")


def _two_addresses(person: User | None) -> str:
    return _(
        "An account has one e-mail address, and an address one account; with another address you can have another. "
        "I know of no way to make one account of two."
    )


def _guest_order(person: User | None) -> str:
    return _(
        "What was bought without an account is reached by the link in its mail. Once you have an account with that "
        "very address, confirmed, those bookings are in it, under My bookings, by themselves."
    )


def _after_change(person: User | None) -> str:
    return _(
        "Another name or e-mail address logs you out nowhere. Another password does so on every other device; under "
        "Devices you see where you are logged in, and can log out there."
    )


def _change_mail(person: User | None) -> str:
    return _(
        "You change your e-mail address on its page: a code is mailed to the new one, and until you have entered it "
        "the old one stays. Your bookings stay in the account."
    )


def _erase_lose(person: User | None) -> str:
    return _(
        "Erasing cannot be undone: tickets for what is still to come and payments under way would be lost to you. The "
        "page names them first and asks once more; use or cancel them before. What was bought stays in the books, "
        "without your name."
    )


def _erase(person: User | None) -> str:
    return _(
        "Under Your data you can erase your account: your name, addresses and devices go for good, and bookings stay "
        "for the books, but no longer with your name. I cannot do it for you."
    )


def _export(person: User | None) -> str:
    return _(
        "Under Your data you can download all that is kept of you: account, bookings, payments and what you asked me."
    )


def _privacy(person: User | None) -> str:
    return _(
        "What you booked is told to no other customer. No card numbers are kept. All that is kept of you can be "
        "downloaded or erased under Your data."
    )


def _social(person: User | None) -> str:
    return _("No: you log in with an e-mail address and a password, or with a passkey.")


def _text_messages(person: User | None) -> str:
    return _("Nothing is sent to telephones: codes, tickets and news come by e-mail.")


def _phone_number(person: User | None) -> str:
    return _("Your account has no phone number, and none is needed: all news come by e-mail.")


def _newsletter(person: User | None) -> str:
    return _("There is no newsletter: you get mails about your bookings and your account only.")


def _language(person: User | None) -> str:
    return _(
        "The pages are there in English, German and Hindi: choose at the foot of every page, or in your profile. I "
        "read English only."
    )


def _saved_passengers(person: User | None) -> str:
    return _("Yes: people you often book for can be kept in your account, so that their names need not be typed again.")


def _needed(person: User | None) -> str:
    return _(
        "No, you need no account to buy: an e-mail address will do. Your tickets go there, with a link to your "
        "booking. With an account you find all your bookings in one place."
    )


def _logout(person: User | None) -> str:
    return _("Under Devices you see where you are logged in, and can log out there or everywhere else.")


def _signup(person: User | None) -> str:
    return account(None).text


_FACTS: Mapping[str, tuple[Callable[[User | None], str], tuple[str, ...]]] = {
    "stranger": (_stranger, ("password", "devices", "two_steps")),
    "unasked_code": (_unasked_code, ("password",)),
    "password_mail": (_password_mail, ("reset", "signup")),
    "code_mail": (_code_mail, ("email",)),
    "lost_phone": (_lost_phone, ("two_steps", "devices")),
    "two_steps": (_two_steps, ("two_steps",)),
    "password_rules": (_password_rules, ("password", "signup")),
    "locked": (_locked, ("reset",)),
    "change_password": (_change_password, ("password", "reset")),
    "password": (_password, ("reset",)),
    "which_mail": (_which_mail, ("profile", "email")),
    "my_name": (_my_name, ("profile",)),
    "change_name": (_change_name, ("profile",)),
    "two_addresses": (_two_addresses, ("email", "signup")),
    "guest_order": (_guest_order, ("bookings", "signup")),
    "after_change": (_after_change, ("devices", "password")),
    "change_mail": (_change_mail, ("email",)),
    "erase_lose": (_erase_lose, ("data", "bookings")),
    "erase": (_erase, ("data",)),
    "export": (_export, ("data",)),
    "privacy": (_privacy, ("data",)),
    "social": (_social, ("two_steps",)),
    "text_messages": (_text_messages, ("email",)),
    "phone_number": (_phone_number, ("profile",)),
    "newsletter": (_newsletter, ("email",)),
    "language": (_language, ("profile",)),
    "saved_passengers": (_saved_passengers, ("profile",)),
    "needed": (_needed, ("signup",)),
    "logout": (_logout, ("devices",)),
    "signup": (_signup, ("signup",)),
}
