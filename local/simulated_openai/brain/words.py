"""Words: folding accents and case, crude stems, and the guess whether a text is Spanish or English."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

_WORD = re.compile(r"[a-z0-9]+")
_PREFIX = 5  # Letters from which a word may match a longer one that begins with it: "coach", "coaching".

SPANISH = frozenset(
    "a al algo ante como con cual cuales cuando cuanto cuanta cuantos cuantas de del desde donde el ella "
    "ellos en entre era "
    "eres es esa ese eso esta estan estas este esto estoy fue ha hace hacen hacia han hasta hay he hola "
    "la las le les lo los "
    "mas me mi mis muy nada ni no nos o os para pero por porque puedo pueden que quien quiero quisiera "
    "se si sin sobre son "
    "soy su sus tambien te ti tienen tiene tengo tu tus un una unas uno unos usted ustedes va voy y ya "
    "yo gracias bueno "
    "buenas buenos dias tardes noches favor saber informacion gustaria necesito busco interesa cuesta vale precio pasa "
    "dame dime manejan cuentan hablar persona ver venden vende ofrecen aceptan".split()
)
ENGLISH = frozenset(
    "a about am an and any are as at be but by can could did do does for from get had has have he hello "
    "her hi him his how i "
    "if in interested is it its just like looking me more my need no not of offer on one or our please "
    "she so some tell that "
    "the their them then there they this to too us want was we what when where which who why will with "
    "would you your yes "
    "thanks thank price cost much know good morning give sell bye".split()
)
_STOP = SPANISH | ENGLISH


def fold(text: str) -> str:
    """The text in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def words(text: str) -> list[str]:
    """The words of a text, folded."""
    return _WORD.findall(fold(text))


def stem(word: str) -> str:
    """A folded word without its plural and its last vowel, so that "cursos" and "curso" are the same."""
    for ending in ("es", "s"):
        if len(word) > len(ending) + 2 and word.endswith(ending):
            word = word.removesuffix(ending)
            break
    return word[:-1] if len(word) > 3 and word[-1] in "aeo" else word


@lru_cache(maxsize=8192)
def key_stems(text: str) -> tuple[str, ...]:
    """The stems of the words that carry meaning."""
    return tuple(stem(word) for word in words(text) if word not in _STOP and (len(word) > 2 or word.isdigit()))


def related(one: str, other: str) -> bool:
    """Whether two stems are the same word, or one begins the other."""
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= _PREFIX and long.startswith(short))


def language_of(latest_first: Sequence[str], otherwise: str) -> str:
    """`es` or `en`: the language of the first text that shows one, else the one given (a third one is English)."""
    for text in latest_first:
        folded = words(text)
        spanish = sum(word in SPANISH for word in folded) + 2 * len(re.findall("[¿¡ñáéíóú]", text.lower()))
        english = sum(word in ENGLISH for word in folded)
        if spanish != english:
            return "es" if spanish > english else "en"
    return "es" if otherwise.startswith("es") else "en"
