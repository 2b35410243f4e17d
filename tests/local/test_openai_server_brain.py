"""The simulated brain, on our own rendered prompts: conversations that must make sense, exact prices and links."""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import HttpUrl

from activities.prompt import TEMPLATES
from domain.company import Company, Pacing, Product, Voice
from domain.decision import Answer, HandOff, Intent, Reply, StaySilent
from domain.policy.grounding import violations
from local.simulated_openai.brain.answering import answer
from local.simulated_openai.brain.phrases import ENGLISH, SPANISH, Say
from local.simulated_openai.brain.reading import read_prompt

COURSE = Product(
    sku="curso",
    name="Curso Ventas con Alma",
    price=Decimal("1499.00"),
    currency="MXN",
    description="Seis semanas en línea para vender sin presionar.",
    link=HttpUrl("https://pay.example.mx/curso"),
)
MENTORING = Product(
    sku="mentoria",
    name="Mentoría Cierre",
    price=Decimal("4999.50"),
    currency="MXN",
    description="Cuatro sesiones uno a uno | con Emilio.",
    link=HttpUrl("https://pay.example.mx/mentoria"),
)
COMPANY = Company(
    id="emilio",
    name="Emilio Born",
    language="es-MX",
    timezone="America/Mexico_City",
    country="MX",
    currency="MXN",
    voice=Voice(persona="Cercano.", forbidden_phrases=["Te cuento"]),
    facts=[
        "Horario: de lunes a viernes de 9 a 18 h.",
        "Aceptamos tarjeta, transferencia y OXXO.",
        "Garantía de devolución de 14 días.",
    ],
    pacing=Pacing(max_bubbles=2),
    model=None,
)


@dataclass
class Customer:
    """The customer's part of the prompt."""

    name: str | None = "Ana López"
    stage: str = "LEAD"
    message_count: int = 1
    summary: str = ""
    known: list[str] = field(default_factory=list[str])


@dataclass
class Talk:
    """A conversation with the brain: each turn's answer joins it."""

    customer: Customer = field(default_factory=Customer)
    company: Company = COMPANY
    correction: str | None = None
    instruction: str | None = None
    lines: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def say(self, *messages: str) -> Answer:
        self.lines += [("user", message) for message in messages]
        instructions = TEMPLATES.get_template("answer.v1.md").render(company=self.company, products=[COURSE, MENTORING])
        about = TEMPLATES.get_template("customer.v1.md").render(
            customer=self.customer, now="Monday 10:00", correction=self.correction, instruction=self.instruction
        )
        prompt = read_prompt(instructions, [("developer", about), *self.lines])
        answered = Answer.model_validate(answer(prompt))
        if not isinstance(answered.decision, StaySilent):
            self.lines += [("assistant", bubble) for bubble in answered.decision.bubbles]
        return answered

    def reply(self, *messages: str) -> str:
        """The bubbles of a `reply`, one a line."""
        decision = self.say(*messages).decision
        assert isinstance(decision, Reply), decision
        assert 1 <= len(decision.bubbles) <= self.company.pacing.max_bubbles
        return "\n".join(decision.bubbles)


def test_a_spanish_conversation() -> None:
    talk = Talk()
    hello = talk.reply("Hola, buenas tardes")
    assert "Ana" in hello
    assert "Emilio Born" in hello
    assert "1,499 MXN" in talk.reply("cuanto cuesta el curso de VENTAS?")
    assert "https://pay.example.mx/curso" in talk.reply("sí, por favor").split()
    burst = talk.reply("y tienen garantía?", "a qué hora abren", "aceptan tarjeta?")
    assert all(word in burst for word in ("14 días", "lunes a viernes", "OXXO"))
    objection = talk.say("mmm está caro")
    assert objection.intent is Intent.OBJECTION
    assert [learnt.about for learnt in objection.learnt] == ["objection"]
    assert "tiempo" in (doubt := talk.reply("lo voy a pensar")) or "prisa" in doubt
    bought = talk.say("ok, lo quiero")
    assert bought.intent is Intent.BUY
    assert "https://pay.example.mx/curso" in talk.lines[-1][1].split()
    assert isinstance(talk.say("ok gracias").decision, StaySilent)
    human = talk.say("mejor quiero hablar con una persona")
    assert isinstance(human.decision, HandOff)
    assert human.intent is Intent.HUMAN


def test_an_english_conversation() -> None:
    talk = Talk(Customer(name="John"))
    assert "assistant of Emilio Born" in talk.reply("hi there!")
    assert "1,499 MXN" in talk.reply("what do you sell?")
    assert "4,999.50 MXN" in talk.reply("how much is the mentoria?")
    assert "https://pay.example.mx/mentoria" in talk.reply("yes please").split()
    assert "OXXO" in talk.reply("do you accept cards?")
    assert "1,499 MXN" in talk.reply("that is too expensive for me")
    assert "cannot see" in talk.reply("[photo]")
    assert isinstance(talk.say("can I talk to an agent please").decision, HandOff)
    assert isinstance(talk.say("thanks, bye").decision, StaySilent)


def test_fragments_of_a_burst_are_one_question() -> None:
    said = Talk().reply("hola", "cuánto cuesta", "la mentoría", "¿y hacen envíos a la Luna?")
    assert "4,999.50 MXN" in said
    assert "1,499" not in said
    assert "envíos a la Luna" in said


def test_what_nobody_knows_is_not_invented() -> None:
    talk = Talk()
    assert "zapatos rojos" in talk.reply("venden zapatos rojos?")
    assert "500" not in talk.reply("¿me lo dejas en 500 pesos?")


def test_a_correction_leaves_out_prices_and_links() -> None:
    talk = Talk(correction="the price 12 MXN is not in the catalogue")
    said = talk.reply("cuánto cuesta el curso?", "pásame el link", "qué venden?")
    assert "MXN" not in said
    assert "http" not in said


def test_a_name_is_learnt_and_remembered() -> None:
    talk = Talk(Customer(name=None, known=["Vive en Puebla", "interested in: el curso"]))
    learnt = talk.say("Hola, me llamo Marta").learnt
    assert [(one.about, one.text) for one in learnt] == [("fact", "Se llama Marta")]
    assert "Marta" in talk.reply("¿cómo me llamo?")
    recalled = talk.reply("¿te acuerdas de mí?")
    assert "Vive en Puebla" in recalled
    assert "el curso" in recalled
    assert "interested in" not in recalled
    assert talk.say("la mentoría me gusta").learnt[0].text == "Mentoría Cierre"


def test_complaints_are_handed_off_with_the_right_urgency() -> None:
    decision = Talk().say("esto es una estafa, no me llegó nada").decision
    assert isinstance(decision, HandOff)
    assert decision.urgency == "high"


def test_nothing_is_said_twice_in_a_row_and_forbidden_phrases_never() -> None:
    talk = Talk(Customer(known=["Pidió informes"]))
    said = [talk.reply("¿cuál es el horario?") for _ in range(4)]
    assert all(one != other for one, other in pairwise(said))
    assert not any("Te cuento" in one for one in said)


def test_echo_tells_what_reached_the_thought() -> None:
    talk = Talk()
    talk.reply("hola")
    assert talk.reply("uno", "dos", "ECHO: tres") == "uno | dos | ECHO: tres"


@pytest.mark.parametrize("most", [1, 2, 5])
def test_the_number_of_bubbles_is_respected(most: int) -> None:
    company = COMPANY.model_copy(update={"pacing": Pacing(max_bubbles=most)})
    said = Talk(company=company).reply(
        "hola", "qué venden?", "garantía?", "horario?", "aceptan tarjeta?", "y cuánto dura?"
    )
    assert "14 días" in said


def test_a_colleagues_words_are_our_side() -> None:
    talk = Talk(
        lines=[("user", "hola"), ("assistant", "[colleague] Hola, soy Emilio. ¿Te mando el link de Mentoría Cierre?")]
    )
    assert "https://pay.example.mx/mentoria" in talk.reply("sí")


def test_after_a_colleague_hands_back_it_speaks_even_with_nothing_to_answer() -> None:
    talk = Talk(
        lines=[("user", "hola"), ("assistant", "[colleague] Listo, ya quedó.")], instruction="Ya quedó resuelto."
    )
    assert "espera" in talk.reply()


PHRASES = """hola|qué venden|cuánto cuesta|el curso|está caro|me lo dejas en 500 pesos con 30%?|lo quiero|link|ok|sí
{who}|[foto]|soy Ana|me llamo www.gratis.com|te acuerdas de mí?|vi en www.gratis.com que cuesta $1|how much?|gracias
¿y si no sirve?"""
SAID = st.one_of(st.text(max_size=60), st.sampled_from(re.split(r"[|\n]", PHRASES)))


@given(turns=st.lists(st.lists(SAID, min_size=1, max_size=4), min_size=1, max_size=4), corrected=st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_is_said_the_answer_is_valid_and_invents_nothing(turns: list[list[str]], corrected: bool) -> None:
    talk = Talk(Customer(name="$5 http://a.mx", known=["objected: 500 pesos"]), correction="no" if corrected else None)
    for messages in turns:
        decision = talk.say(*messages).decision
        if isinstance(decision, StaySilent) or "ECHO:" in messages[-1]:
            continue
        assert 1 <= len(decision.bubbles) <= 2
        assert all(bubble.strip() for bubble in decision.bubbles)
        assert violations(decision.bubbles, COMPANY, [COURSE, MENTORING]) == []


def test_both_languages_say_the_same_things() -> None:
    for what in Say:
        fields = {tuple(sorted(set(placeholders(way)) - {"who"})) for way in SPANISH[what] + ENGLISH[what]}
        assert len(fields) == 1, what
        assert len(SPANISH[what]) > 1
        assert len(ENGLISH[what]) > 1


def placeholders(way: str) -> list[str]:
    return [part.partition("}")[0] for part in way.split("{")[1:]]
