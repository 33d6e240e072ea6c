"""The lists of refund policies: which there are, and what each keeps until when."""

from operator import attrgetter

from import_export.fields import Field

from booking.models import RefundPolicy, RefundStep

from .sheet import Sheet, sheet_options
from .values import Named


class RefundPolicySheet(Sheet):
    Meta = sheet_options(RefundPolicy, ("name",), ("name", "is_default"))


class RefundStepSheet(Sheet):
    """The currency is that of the fixed fee: empty for a step without one."""

    policy = Field("policy", "policy", Named(RefundPolicy, attrgetter("name")))
    related = ("policy",)
    part_of = "policy"

    Meta = sheet_options(
        RefundStep,
        ("policy", "minutes_before", "currency"),
        ("policy", "minutes_before", "currency", "fee_percent", "fee_amount"),
    )
