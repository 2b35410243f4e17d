"""A customer writes, the agent answers: bursts, order, silence."""

from domain.company import Pacing
from domain.decision import HandOff, Reply, StaySilent, Urgency
from domain.state import Mode, Status
from tests.workflows.conftest import CustomerMaker
from tests.workflows.world import World


async def test_a_message_is_remembered_and_answered_once(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola", id="wamid.1")
    snapshot = await customer.rests()
    assert world.texts == ["hola"]
    assert [said.text for said in world.recorded] == ["hola"]
    assert list(world.inbound) == ["wamid.1"]
    assert (snapshot.status, snapshot.messages, snapshot.turn) == (Status.WAITING, 2, 1)
    assert [note.status for note in world.notes] == [Status.WAITING]


async def test_a_burst_gets_one_answer(live: CustomerMaker) -> None:
    pacing = Pacing(typing_ms_per_character=0, burst_complete_seconds=0.4, burst_fragment_seconds=0.4)
    customer = await live(world := World(pacing))
    for text in ("hola", "una pregunta", "¿cuánto cuesta?"):
        await customer.says(text)
    await customer.rests()
    assert world.texts == ["hola | una pregunta | ¿cuánto cuesta?"]
    assert [note.status for note in world.notes] == [Status.ACTIVE, Status.WAITING]


async def test_a_message_that_lands_in_mid_think_supersedes_the_thought(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    await customer.says("¿tienes talleres?")
    await world.thinking.reached()
    await customer.says("¿y en línea?")
    await customer.until(lambda: len(world.thoughts) == 2)
    world.thinking.open()
    await customer.rests()
    assert world.texts == ["¿tienes talleres? | ¿y en línea?"]


async def test_a_message_that_lands_in_mid_typing_supersedes_the_answer(live: CustomerMaker) -> None:
    slow = Pacing(
        typing_ms_per_character=500, typing_max_seconds=20, burst_complete_seconds=0, burst_fragment_seconds=0
    )
    customer = await live(world := World(slow))
    world.decisions.append(Reply(kind="reply", bubbles=["x" * 100]))
    await customer.says("¿tienes talleres?")
    await customer.until(lambda: any(cue.typing for cue in world.cues))
    world.brief = world.brief.model_copy(update={"pacing": Pacing(typing_ms_per_character=0)})
    await customer.says("¿y en línea?")
    await customer.rests()
    assert world.texts == ["¿tienes talleres? | ¿y en línea?"]


async def test_after_the_first_bubble_the_rest_is_superseded_and_what_was_said_stays(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.append(Reply(kind="reply", bubbles=["uno", "dos", "tres"]))
    world.sending.close()
    await customer.says("primera", id="a")
    await world.sending.reached()
    await customer.says("segunda", id="b")
    await customer.until(lambda: "b" in world.inbound or len(world.thoughts) == 1)
    world.sending.open()
    await customer.rests()
    assert world.texts == ["uno", "segunda"]
    assert [said.text for said in world.recorded] == ["uno", "segunda"]
    assert world.thoughts[1].unanswered == [2]


async def test_a_chatterbox_is_answered_in_the_end(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.thinking.close()
    for number in range(1, 8):
        await customer.says(f"mensaje {number}")
        await customer.until(lambda n=number: len(world.thoughts) >= min(n, 5))
    assert len(world.thoughts) == 5
    world.thinking.open()
    await customer.rests()
    assert world.texts[0] == " | ".join(f"mensaje {number}" for number in range(1, 6))
    assert world.texts[1] == "mensaje 6 | mensaje 7"


async def test_nothing_is_said_where_nothing_is_needed(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.append(StaySilent(kind="stay_silent", why="thanks"))
    await customer.says("ok, gracias")
    await customer.rests()
    assert world.texts == []
    assert [cue.typing for cue in world.cues] == [False]


async def test_a_hand_off_happens_before_it_is_promised(live: CustomerMaker) -> None:
    customer = await live(world := World())
    world.decisions.append(
        HandOff(kind="hand_off", reason="complaint", urgency=Urgency.HIGH, summary="angry", bubbles=["te paso con Ana"])
    )
    await customer.says("quiero hablar con una persona")
    snapshot = await customer.rests()
    assert [alert.kind for alert in world.alerts] == ["hand_off"]
    assert world.texts == ["te paso con Ana"]
    assert (snapshot.mode, snapshot.handed_off) == (Mode.OPERATOR, "complaint")
    await customer.says("¿hola?", id="later")
    await customer.until(lambda: "later" in world.inbound)
    assert world.texts == ["te paso con Ana"]


async def test_an_empty_message_is_ignored_and_another_kind_is_answered(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("   ")
    await customer.says("", kind="sticker")
    await customer.rests()
    assert world.texts == ["[sticker]"]
    assert len(world.inbound) == 1


async def test_a_reaction_is_remembered_and_not_answered(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("[reaction] 👍", kind="reaction", id="r")
    await customer.until(lambda: "r" in world.inbound)
    await customer.rests()
    assert world.texts == []


async def test_dormant_after_a_long_silence_and_awake_again(live: CustomerMaker) -> None:
    customer = await live(world := World())
    await customer.says("hola")
    await customer.rests()
    await customer.skip(minutes=20)
    await customer.says("sigo aquí")
    await customer.rests()
    await customer.skip(minutes=15)
    assert (await customer.snapshot()).status is Status.WAITING
    await customer.skip(minutes=20)
    await customer.until(lambda: world.notes[-1].status is Status.DORMANT)
    await customer.says("volví")
    assert (await customer.rests()).status is Status.WAITING
    assert world.texts[-1] == "volví"
