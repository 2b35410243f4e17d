"""The few sentences the product says itself, where no model may choose the words."""

from typing import Literal

Phrase = Literal["opted_out", "opted_in", "holding", "safe", "handing_off"]

_PHRASES: dict[str, dict[Phrase, str]] = {
    "es": {
        "opted_out": "Listo: no te escribiremos más por iniciativa nuestra. Si quieres volver, escribe ALTA.",
        "opted_in": "¡Bienvenido de vuelta! Volveremos a escribirte cuando haya algo para ti.",
        "holding": "Gracias por tu mensaje. Ahora mismo tengo un problema técnico; te respondo en cuanto pueda.",
        "safe": "Déjame confirmarlo con el equipo y te escribo con la información exacta.",
        "handing_off": "Te paso con una persona de nuestro equipo; te escribe por aquí.",
    },
    "pt": {
        "opted_out": "Pronto: não vamos mais escrever por iniciativa nossa. Se quiser voltar, escreva VOLTAR.",
        "opted_in": "Bem-vindo de volta! Voltaremos a escrever quando houver algo para você.",
        "holding": "Obrigado pela mensagem. Estou com um problema técnico agora; respondo assim que puder.",
        "safe": "Vou confirmar com a equipe e te escrevo com a informação exata.",
        "handing_off": "Vou te passar para uma pessoa da nossa equipe; ela escreve por aqui.",
    },
    "en": {
        "opted_out": "Done: we will not write to you on our own again. To come back, write START.",
        "opted_in": "Welcome back! We will write to you again when there is something for you.",
        "holding": "Thank you for your message. I have a technical problem right now; I will answer as soon as I can.",
        "safe": "Let me confirm that with the team and come back to you with the exact information.",
        "handing_off": "I am handing you over to a person of our team; they will write to you here.",
    },
}


def phrase(name: Phrase, language: str) -> str:
    """The sentence in the company's language; English where we have no translation."""
    return _PHRASES.get(language[:2], _PHRASES["en"])[name]
