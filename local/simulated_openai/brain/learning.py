"""What the latest messages newly tell of the customer."""

from collections.abc import Iterator

from pydantic import JsonValue

from local.simulated_openai.brain.matching import products_in
from local.simulated_openai.brain.scene import Scene
from local.simulated_openai.brain.topics import Topic
from local.simulated_openai.brain.words import fold

_TEXTS = {
    "es": {
        "name": "Se llama {0}",
        "interest": "{0}",
        "price": "el precio de {0}",
        "price_bare": "el precio",
        "doubt": "quiere pensarlo antes de decidir",
    },
    "en": {
        "name": "Their name is {0}",
        "interest": "{0}",
        "price": "the price of {0}",
        "price_bare": "the price",
        "doubt": "wants to think before deciding",
    },
}
_INTERESTED = {Topic.PRICE, Topic.BUY, Topic.LINK, Topic.RECOMMEND, Topic.CATALOGUE, Topic.QUESTION, Topic.STATEMENT}


def learn(scene: Scene) -> list[dict[str, JsonValue]]:
    """Names, interests and objections, each once, without what the prompt says is known."""
    known = fold("\n".join(scene.prompt.known))
    unique = {text: (about, confidence) for about, text, confidence in _told(scene) if fold(text) not in known}
    return [{"about": about, "text": text, "confidence": confidence} for text, (about, confidence) in unique.items()]


def _told(scene: Scene) -> Iterator[tuple[str, str, float]]:
    texts = _TEXTS[scene.language]
    for heard in scene.heard:
        if heard.topic is Topic.NAME:
            yield "fact", texts["name"].format(heard.text), 0.95
        elif heard.topic is Topic.EXPENSIVE:
            products = scene.products(heard)
            text = texts["price"].format(products[0].name) if len(products) == 1 else texts["price_bare"]
            yield "objection", text, 0.8
        elif heard.topic is Topic.DOUBT:
            yield "objection", texts["doubt"], 0.7
        elif heard.topic in _INTERESTED:
            products = products_in(heard.text, scene.prompt.catalogue)
            if len(products) == 1:
                yield "interest", texts["interest"].format(products[0].name), 0.8
