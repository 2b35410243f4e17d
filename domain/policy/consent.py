"""STOP and its kin: decided here, before any model sees the message."""

import re
import unicodedata

_STOP = frozenset(
    [
        *("stop", "stopall", "unsubscribe", "end", "quit", "opt out", "optout", "stop messages", "cancel messages"),
        *("baja", "alto", "parar", "cancelar", "cancelar suscripcion", "darme de baja", "dar de baja", "dame de baja"),
        *("no mas mensajes", "ya no me escriban", "dejen de escribirme", "no me escriban mas", "no me escribas mas"),
        *("quiero darme de baja", "eliminar suscripcion", "desuscribir", "desuscribirme"),
        *("sair", "descadastrar", "cancelar inscricao", "nao quero mais mensagens", "pare", "remover"),
    ]
)
_START = frozenset(["start", "unstop", "subscribe", "opt in", "alta", "darme de alta", "volver", "voltar", "suscribir"])


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    words = re.sub(r"[^\w\s]", " ", letters).split()
    polite = ("por favor", "please", "gracias", "thanks", "obrigado", "obrigada")
    plain = " ".join(words)
    for word in polite:
        plain = re.sub(rf"^{word}\s+|\s+{word}$", "", plain)
    return plain


def consent_word(text: str) -> bool | None:
    """False when the whole message asks us to stop, True when it asks us to come back, None otherwise.

    Only the whole message counts: "no pares" or "no quiero cancelar" contain the word and ask for something else.
    """
    plain = _plain(text)
    if plain in _STOP:
        return False
    return True if plain in _START else None
