"""The whole answer: decision, intent, sentiment and what was learnt, in the shape of `domain.decision.Answer`."""

from collections.abc import Sequence
from dataclasses import replace

from pydantic import JsonValue

from local.simulated_openai.brain.hearing import hear
from local.simulated_openai.brain.learning import learn
from local.simulated_openai.brain.packing import join, pack
from local.simulated_openai.brain.phrases import Say
from local.simulated_openai.brain.reading import Prompt
from local.simulated_openai.brain.replies import Handing, Piece, reply
from local.simulated_openai.brain.scene import Scene, lines_latest_first
from local.simulated_openai.brain.topics import Topic
from local.simulated_openai.brain.words import fold, language_of

_ECHO = "ECHO:"
_ATTEMPTS = 6
_SUMMARY_CHARACTERS = 400

_INTENTS = {
    Topic.HUMAN: "human",
    Topic.COMPLAINT: "complaint",
    Topic.SUPPORT: "support",
    Topic.PAID: "support",
    Topic.BUY: "buy",
    Topic.LINK: "buy",
    Topic.YES: "buy",
    Topic.EXPENSIVE: "objection",
    Topic.DOUBT: "objection",
    Topic.DECLINE: "objection",
    Topic.PRICE: "price",
    Topic.FACT: "question",
    Topic.RECOMMEND: "question",
    Topic.CATALOGUE: "question",
    Topic.QUESTION: "question",
    Topic.MEMORY: "question",
    Topic.IDENTITY: "question",
    Topic.GREETING: "greeting",
    Topic.CLOSING: "closing",
}
"""The intent of each topic, the one that weighs most first; every other topic is `other`."""

_GLAD = (
    "gracias",
    "excelente",
    "genial",
    "perfecto",
    "me encanta",
    "thanks",
    "thank you",
    "great",
    "love",
    "awesome",
    "👍",
    "😊",
)


def answer(prompt: Prompt, scripted: Sequence[str] | None = None) -> dict[str, JsonValue]:
    """Think up the answer to a prompt; scripted bubbles replace only what is decided."""
    scene = _scene(prompt)
    decision: dict[str, JsonValue] = (
        _decide(scene) if scripted is None else {"kind": "reply", "bubbles": list[JsonValue](scripted)}
    )
    return {
        "decision": decision,
        "intent": _intent(scene),
        "sentiment": _sentiment(scene),
        "learnt": list[JsonValue](learn(scene)),
    }


def _scene(prompt: Prompt) -> Scene:
    offered = any("?" in said for said in prompt.last_said)
    heard = hear(prompt.pending, offered=offered)
    earlier = hear([line.text for line in prompt.before if not line.ours], offered=False)
    names = [clause.text for clause in [*earlier, *heard] if clause.topic is Topic.NAME]
    name = names[-1] if names else prompt.name
    language = language_of(lines_latest_first(prompt.lines), prompt.language)
    return Scene(prompt, language, heard, name)


def _decide(scene: Scene) -> dict[str, JsonValue]:
    pending = scene.prompt.pending
    if pending and _ECHO in pending[-1]:
        return {"kind": "reply", "bubbles": [" | ".join(pending)]}
    if all(heard.topic is Topic.CLOSING for heard in scene.heard) and not scene.prompt.handed_back:
        return {
            "kind": "stay_silent",
            "why": "The customer closed the conversation." if pending else "Nothing to answer.",
        }
    handings = [said for said in _replies(scene) if isinstance(said, Handing)]
    bubbles = _bubbles(scene)
    if not handings:
        return {"kind": "reply", "bubbles": list[JsonValue](bubbles)}
    return {
        "kind": "hand_off",
        "reason": handings[0].reason,
        "urgency": "high" if any(handing.urgent for handing in handings) else "normal",
        "summary": f"{scene.name or 'The customer'}: {' / '.join(pending)}"[:_SUMMARY_CHARACTERS],
        "bubbles": list[JsonValue](bubbles),
    }


def _bubbles(scene: Scene) -> list[str]:
    """The bubbles, tried with other phrases until none is forbidden or what we said last."""
    said = {fold(text) for text in scene.prompt.last_said}
    bubbles: list[str] = []
    for attempt in range(_ATTEMPTS):
        bubbles = pack(_sentences(replace(scene, attempt=attempt)), scene.prompt.max_bubbles)
        clean = not any(fold(phrase) in fold(bubble) for phrase in scene.prompt.forbidden for bubble in bubbles)
        if clean and not any(fold(bubble) in said for bubble in bubbles):
            return bubbles
    return [scene.say(Say.AS_SAID, text=bubble) if fold(bubble) in said else bubble for bubble in bubbles]


def _replies(scene: Scene) -> list[Piece | Handing]:
    """What is said to each clause, each in other words, once for each thing it is about."""
    found: dict[str, Piece | Handing] = {}
    for index, heard in enumerate(scene.heard):
        said = reply(replace(scene, attempt=scene.attempt + index, already=len(found)), heard)
        if said is not None:
            found.setdefault(said.about if isinstance(said, Piece) else "hand off", said)
    return list(found.values())


def _sentences(scene: Scene) -> list[str]:
    replies = _replies(scene)
    pieces = [said for said in replies if isinstance(said, Piece)]
    texts = [piece.text for piece in pieces]
    if scene.is_first_answer and not any(piece.about == "greeting" for piece in pieces):
        texts.insert(0, scene.say(Say.GREET_NEW))
    elif scene.prompt.handed_back:
        texts.insert(0, scene.say(Say.RESUMED))
    handing = next((said for said in replies if isinstance(said, Handing)), None)
    if handing is not None:
        return [*texts, handing.text]
    question = _question(scene, pieces)
    return [*texts[:-1], join(texts[-1], question)] if question else texts


def _question(scene: Scene, pieces: Sequence[Piece]) -> str | None:
    """The one question an answer may end with, when it is of use."""
    following = {piece.then for piece in pieces}
    if any(piece.asks for piece in pieces):
        return None
    if Say.OFFER_LINK in following:
        return scene.say(Say.OFFER_LINK)
    if None in following:
        return None
    return scene.say(Say.TELL_MORE if Say.TELL_MORE in following else Say.ASK_NEED)


def _intent(scene: Scene) -> str:
    topics = {heard.topic for heard in scene.heard}
    return next((intent for topic, intent in _INTENTS.items() if topic in topics), "other")


def _sentiment(scene: Scene) -> str:
    if any(heard.topic is Topic.COMPLAINT for heard in scene.heard):
        return "negative"
    said = fold("\n".join(scene.prompt.pending))
    glad = any(word in said for word in _GLAD) and all(heard.topic is not Topic.DECLINE for heard in scene.heard)
    return "positive" if glad else "neutral"
