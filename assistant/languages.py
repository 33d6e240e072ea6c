"""Is a message in another language than English, the only one that is read here? By its letters, or by small words."""

import unicodedata

from .reading import words_of

# Small words that are none in English, and no likely misspelling of one.
_SMALL_WORDS = frozenset(
    """
    wie ich ist der das und nicht mein meine meinen kann kein keine wann wo nach bitte danke eine einen haben habe
    mochte möchte buchen mit auf gibt fur für zug fahrkarte wieviel kostet morgen heute
    quiero para el los las cuanto cuánto cuando cuándo donde dónde entradas boleto boletos billete tren puedo hola dos
    viernes manana mañana hay que qué esta está gracias favor necesito tengo del
    je le les des est pour mon quand où combien billet billets bonjour merci veux peux avec pas vous une demain prix
    hai hain kya mujhe mera meri mere kitna kitne kitni kal kab kaise chahiye ka ki ke nahi nahin paise wapas jana karna
    hoga aap kahan kaun milega sakta sakti aaj kar raha rahi tha hum batao bhai kaunsi karo koi mil rha
    quanto costa biglietto biglietti vorrei dove sono grazie treno come posso ho bom quero preciso obrigado bilhete
    """.split()
)
_LEAST = 2


def is_foreign(message: str) -> bool:
    """Whether it is written in other letters than Latin ones, or at least half of its words are not English."""
    letters = [letter for letter in message if letter.isalpha()]
    strange = sum(not unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    if letters and 2 * strange > len(letters):
        return True
    words = words_of(message)
    small = sum(word in _SMALL_WORDS for word in words)
    return small >= _LEAST and 3 * small >= len(words)
