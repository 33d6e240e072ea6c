"""What of a booking is asked for: its price, its berth, when it leaves? Read from the words that name nothing."""

import re
from enum import StrEnum


class Aspect(StrEnum):
    """In the order in which they are told."""

    STILL = "still"
    CODE = "code"
    LEAVES = "leaves"
    ARRIVES = "arrives"
    DURATION = "duration"
    PLACE = "place"
    DOORS = "doors"
    SEATS = "seats"
    BERTH = "berth"
    TOGETHER = "together"
    PEOPLE = "people"
    PRICE = "price"
    DISCOUNT = "discount"
    PAID_WITH = "paid_with"
    BACK = "back"
    TOTAL = "total"


_WORDS = {
    Aspect.STILL: (
        r"(?:are|is) (?:my|our|the|those|these) seats? (?:\w+ )?(?:gone|safe|lost)"
        r"|(?:is|are|was|were) (?:it|they|that|everything|all) (?:\w+ )?(?:gone|cancelled|done|still|safe|valid)"
        r"|(?:did|have|has) (?:you|it|that|u) (?:\w+ )?(?:cancel|cancelled|release|released)(?: it| them)?$"
        r"|(?:still|stay|remain|now) (?:valid|good|mine|ours|booked|confirmed|there|have)|(?:is|are) still valid"
    ),
    Aspect.CODE: (
        r"(?:order|booking|reference|pnr|reservation|confirmation) (?:no|nr|num|number|code|ref|id|reference)"
        r"|pnr(?! status)|(?:the|my|whats|which) (?:code|reference)"
    ),
    Aspect.LEAVES: (
        r"when|what time|which time|at what|leaves?|leaving|departs?|departure|starts?|begins?|boarding"
        r"|(?:what|which) (?:day|date)|dates?$"
    ),
    Aspect.ARRIVES: (
        r"arriv\w*|reach(?:es|ing)?|gets? in|gets? there|get (?:to|into)|be there|lands?|in time for|make it to"
    ),
    Aspect.DURATION: (
        r"how long|duration|how many (?:hours|minutes)|length"
        r"|when (?:does|will|is) (?:\w+ ){0,3}?(?:end|ends|over|finish|finishes)|ends?|finish(?:es)?|lasts?"
        r"|running time"
    ),
    Aspect.PLACE: (
        r"where|address|location|venue|theatre|theater|hall|which station|what station|from which|directions?"
    ),
    Aspect.DOORS: (
        r"doors?"
        r"|(?:should|shall|must|need|have|got|shud) (?:\w+ ){0,3}?(?:be there|reach|come|arrive|be at|turn up)"
        r"|how early|(?:be|come|reach|arrive) (?:there )?(?:early|before)|check ?in|reporting"
    ),
    Aspect.SEATS: (
        r"which (?:seats?|coach|coaches|car|bogie|berths?|places?|row|one|bay)|what (?:seats?|coach|row|berths?)"
        r"|how many (?:seats?|tickets?|places?|berths?)|(?:seat|coach|berth|ticket) (?:no|numbers?|nos)"
        r"|where (?:do|am|are|will) (?:i|we) (?:sit|sitting|seated)|seats? (?:are|is|did|do|have|of|again)"
        r"|(?:my|our) seats?|whats? (?:my|our) seats?|(?:a|my|our|the) coach|(?:what|which|in what|in which) rows?"
        r"|sit(?:s|ting)?$"
    ),
    Aspect.BERTH: (
        r"upper|lower|middle|side (?:berth|lower|upper)|windows?|aisle|berth (?:type|position|is)|facing"
        r"|restricted view|wheelchair place"
    ),
    Aspect.TOGETHER: (
        r"together|side by side|next to each other|adjacent|adjoining|same (?:row|coach|bay|compartment)|apart"
        r"|separated?|split up"
    ),
    Aspect.PEOPLE: (
        r"whos? (?:is |sits? |are )?(?:on|in|which)|passengers?|whose name|what names?|which name|names? (?:are|is)"
    ),
    Aspect.PRICE: (
        r"how much|price|prices|costs?|fares?"
        r"|what (?:did|do|have|does) (?:i|we|it|they) (?:\w+ )?(?:pay|paid|cost|owe)|amount|expensive|total"
    ),
    Aspect.DISCOUNT: (r"discounts?|concessions?|reduced|reduction|(?:percent|%) off|cheaper (?:fare|price)|rebate"),
    Aspect.PAID_WITH: (
        r"how (?:did|have|was|were) (?:i|we|it|they|this|that) (?:\w+ )?(?:pay|paid)|paid (?:with|by|using|through)"
        r"|pay (?:with|by|using)|which (?:card|account|upi)|what card"
        r"|(?:is|was|are) (?:it|that|this|they) (?:\w+ )?paid|paid (?:already|for|yet|or not)"
        r"|(?:is|was|are) \w+ paid|payment method|mode of payment"
    ),
    Aspect.BACK: (r"(?:returned|refunded|paid back|came back|come back|got back|get back|reimbursed|money back)"),
    Aspect.TOTAL: (
        r"(?:spent|spend|paid|pay|cost) (?:\w+ ){0,3}?(?:in total|altogether|overall|so far|all together|with you)"
        r"|(?:in total|altogether|overall) (?:\w+ ){0,4}?(?:spent|spend|paid|pay)|total (?:spend|spending|spent)"
        r"|how much (?:have|did) (?:i|we) (?:\w+ )?(?:spent|spend)"
    ),
}
_PATTERNS = {aspect: re.compile(rf"\b(?:{words})(?!\w)") for aspect, words in _WORDS.items()}
# What one of them asks for says all that the other would.
_SAID_BY = {
    Aspect.SEATS: {Aspect.PLACE},
    Aspect.TOTAL: {Aspect.PRICE},
    Aspect.BACK: {Aspect.PRICE, Aspect.LEAVES, Aspect.STILL},
    Aspect.DOORS: {Aspect.LEAVES, Aspect.ARRIVES, Aspect.PLACE},
    Aspect.DURATION: {Aspect.LEAVES},
    Aspect.DISCOUNT: {Aspect.PRICE},
}


def aspects_in(words: str) -> tuple[Aspect, ...]:
    """All that are asked for; none of a question for the booking as a whole."""
    found = [aspect for aspect, pattern in _PATTERNS.items() if pattern.search(words)]
    if Aspect.ARRIVES in found and not re.search(
        r"\b(?:and|,|n) (?:when|what)|leaves?|departs?|leaving|starts?", words
    ):
        found = [aspect for aspect in found if aspect != Aspect.LEAVES]
    said = set().union(*(_SAID_BY.get(aspect, set()) for aspect in found)) if found else set()
    return tuple(aspect for aspect in found if aspect not in said)
