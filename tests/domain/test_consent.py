"""STOP means stop, in the words people use; and no other words do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.policy.consent import consent_word

STOP = """
STOP|stop|Stop.|STOP!!!|stop please|Please stop|Unsubscribe|UNSUBSCRIBE ME|cancel|end|quit|opt-out|opt out
opt_out|StopAll|stop 🙏|"STOP"|  stop  |Stop messaging me|stop texting me|Don't text me|don’t contact me
no more messages|remove me|baja|BAJA|Baja, por favor|dar de baja|Darme de baja|dame de baja
denme de baja por favor|quiero darme de baja|alto|parar|cancelar|Cancelar suscripción|CANCELAR SUSCRIPCION
no más mensajes|No mas mensajes.|no quiero más mensajes|no quiero recibir más mensajes|ya no me escriban
Ya no me escriban, gracias|dejen de escribirme|deja de escribirme|no me escriban|no me manden más mensajes
ya no quiero mensajes|bórrame de la lista|sácame de la lista|sair|SAIR|Quero sair|pare|parem|cancelar inscrição
não quero mais mensagens|não quero mais receber mensagens|me tira da lista por favor|descadastrar
pare de me mandar mensagens
"""
START = """
START|start|unstop|subscribe|opt in|ALTA|alta por favor|darme de alta|volver|VOLTAR|suscribir|¡Alta!
"""
NEITHER = """
no pares|No pares!|no quiero cancelar|no me des de baja|¿cómo me doy de baja?|¿puedo cancelar cuando quiera?
stop it haha|quiero parar de perder clientes|no pare|não pare|alto ahí|en la alta dirección|mi jefe es alto
¿me das de alta en el curso?|baja el precio|está muy baja la luz|cancelar mi cita del lunes
quiero cancelar la sesión de mañana|cancel my class|the end|weekend|start tomorrow?|when does it start
volver a agendar|hola|sí|no|ok|gracias|adiós|bye|quit smoking course|no me escriban los domingos
no me escriban por la mañana|non stop|don't stop|nunca paren|remove|mensajes|por favor
"""


def _phrases(text: str) -> list[str]:
    return [phrase for line in text.strip().splitlines() for phrase in line.split("|")]


@pytest.mark.parametrize("text", _phrases(STOP))
def test_stop(text: str) -> None:
    assert consent_word(text) is False


@pytest.mark.parametrize("text", _phrases(START))
def test_start(text: str) -> None:
    assert consent_word(text) is True


@pytest.mark.parametrize("text", [*_phrases(NEITHER), "", "   ", "🙂", "…"])
def test_neither(text: str) -> None:
    assert consent_word(text) is None


@given(st.sampled_from(_phrases(STOP)), st.sampled_from(["", "!", "...", " 🙏🏽", "\n", " gracias"]), st.booleans())
def test_case_marks_and_thanks_do_not_matter(text: str, behind: str, shouted: bool) -> None:
    assert consent_word((text.upper() if shouted else text) + behind) is False


@given(st.text(max_size=40))
def test_any_text_has_an_answer(text: str) -> None:
    assert consent_word(text) in (True, False, None)
