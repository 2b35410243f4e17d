"""STOP and its kin: decided here, before any model sees the message."""

import re
import unicodedata

_STOP = frozenset(
    [
        # What carriers and WhatsApp's own opt-out answer to, in English whatever the company's language.
        *("stop", "stopall", "stop all", "unsubscribe", "end", "quit", "cancel", "revoke", "opt out", "optout"),
        *("stop messages", "cancel messages", "stop messaging me", "stop texting me", "stop writing to me"),
        *("stop writing me", "do not text me", "don t text me", "do not contact me", "don t contact me", "remove me"),
        *("no more messages", "unsubscribe me", "i want to unsubscribe", "leave me alone"),
        *("baja", "alto", "parar", "cancelar", "cancelar suscripcion", "darme de baja", "dar de baja", "dame de baja"),
        *("denme de baja", "dar me de baja", "quiero darme de baja", "quiero la baja", "me quiero dar de baja"),
        *("eliminar suscripcion", "cancela mi suscripcion", "desuscribir", "desuscribirme", "desuscribanme"),
        *("no mas mensajes", "no quiero mas mensajes", "ya no quiero mensajes", "ya no quiero mas mensajes"),
        *("no quiero recibir mas mensajes", "no quiero recibir mensajes", "ya no quiero recibir mensajes"),
        *("no me escriban", "no me escribas", "no me escriban mas", "no me escribas mas", "ya no me escriban"),
        *("ya no me escribas", "no me manden mensajes", "no me manden mas mensajes", "no me mandes mas mensajes"),
        *("ya no me manden mensajes", "dejen de escribirme", "deja de escribirme", "dejen de mandarme mensajes"),
        *("deja de mandarme mensajes", "no me contacten", "no me contacten mas", "borrame de la lista"),
        *("sacame de la lista", "quitame de la lista", "eliminame de la lista"),
        *("sair", "quero sair", "descadastrar", "descadastre me", "cancelar inscricao", "cancelar assinatura"),
        *("nao quero mais mensagens", "nao quero mais receber mensagens", "nao quero receber mensagens"),
        *("nao me mande mais mensagens", "nao me mandem mais mensagens", "nao me escreva mais"),
        *("pare", "parem", "pare de me mandar mensagens", "parem de me mandar mensagens", "remover"),
        *("me tira da lista", "me remova da lista", "me remove da lista"),
    ]
)
_START = frozenset(["start", "unstop", "subscribe", "opt in", "alta", "darme de alta", "volver", "voltar", "suscribir"])


_THANKS = r"(?:por favor|please|gracias|thanks|thank you|obrigad[oa])"
_POLITE = re.compile(rf"^(?:{_THANKS} )+|(?: {_THANKS})+$")


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(char for char in folded if not unicodedata.combining(char))
    words = re.sub(r"[^\w\s]|_", " ", letters).split()
    return _POLITE.sub("", " ".join(words))


def consent_word(text: str) -> bool | None:
    """False when the whole message asks us to stop, True when it asks us to come back, None otherwise.

    Only the whole message counts: "no pares" or "no quiero cancelar" contain the word and ask for something else.
    """
    plain = _plain(text)
    if plain in _STOP:
        return False
    return True if plain in _START else None
