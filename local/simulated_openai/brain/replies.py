"""Something to say for each clause. A price or a link is only ever taken from the catalogue's own lines."""

from collections.abc import Callable
from dataclasses import dataclass

from local.simulated_openai.brain.hearing import Heard, quotable
from local.simulated_openai.brain.matching import fact_about, products_in
from local.simulated_openai.brain.phrases import Say
from local.simulated_openai.brain.reading import Product
from local.simulated_openai.brain.scene import Scene
from local.simulated_openai.brain.topics import CONCEPTS, Topic

_PAYMENT = next(concept for concept in CONCEPTS if concept.name == "payment")
_GUARANTEE = next(concept for concept in CONCEPTS if concept.name == "guarantee")


@dataclass(frozen=True)
class Piece:
    """A sentence or two of the answer. Two pieces about the same thing are said once."""

    about: str
    text: str
    asks: bool = False
    """Whether it ends in a question of its own, so that the answer needs no other."""

    then: Say | None = None
    """The question that may follow when the answer ends here."""


@dataclass(frozen=True)
class Handing:
    """A human is needed: what we say, and why."""

    text: str
    reason: str
    urgent: bool = False


_Reply = Callable[[Scene, Heard], Piece | Handing | None]


def _simple(what: Say, *, asks: bool = False) -> _Reply:
    def reply(scene: Scene, heard: Heard) -> Piece:
        return Piece(what, scene.say(what), asks=asks)

    return reply


def _handing(what: Say, reason: str) -> _Reply:
    def reply(scene: Scene, heard: Heard) -> Handing:
        return Handing(scene.say(what), reason)

    return reply


def _greeting(scene: Scene, heard: Heard) -> Piece:
    return Piece("greeting", scene.say(Say.GREET_NEW if scene.is_first_answer else Say.GREET_BACK), then=Say.ASK_NEED)


def _name(scene: Scene, heard: Heard) -> Piece | None:
    """Nothing where the greeting calls them by their name already."""
    return None if scene.greets else Piece("name", scene.say(Say.NICE_TO_MEET, name=heard.text), then=Say.ASK_NEED)


def _complaint(scene: Scene, heard: Heard) -> Handing:
    furious = any(word in heard.text.casefold() for word in ("estafa", "fraude", "denuncia", "scam", "fraud", "lawyer"))
    return Handing(scene.say(Say.COMPLAINT), "The customer complains.", urgent=furious)


def _support(scene: Scene, heard: Heard) -> Piece | Handing:
    fact = fact_about(heard.text, None, scene.sayable(scene.prompt.facts), shared=2)
    if fact is not None:
        return Piece(fact, scene.say(Say.FACT, fact=_sentence(fact)))
    return Handing(scene.say(Say.SUPPORT), "The customer needs help with what they bought.")


def _memory(scene: Scene, heard: Heard) -> Piece:
    asks_name = any(word in heard.text.casefold() for word in ("llamo", "nombre", "name"))
    if asks_name and scene.name:
        return Piece("memory", scene.say(Say.YOUR_NAME, name=scene.name))
    remembered = [*scene.prompt.known, *([scene.prompt.earlier] if scene.prompt.earlier else [])]
    known = [_recalled(scene, fact.rstrip(".")) for fact in remembered if not scene.gives_away(fact)][:3]
    if known and not asks_name:
        return Piece("memory", scene.say(Say.REMEMBER, facts="; ".join(known)))
    return Piece("memory", scene.say(Say.REMEMBER_NOTHING), asks=True)


def _recalled(scene: Scene, fact: str) -> str:
    """A known fact as it is said to the customer; the prompt marks what they liked and what held them back."""
    for mark, what in (("interested in: ", Say.INTERESTED), ("objected: ", Say.OBJECTED)):
        if fact.startswith(mark):
            return scene.say(what, thing=fact.removeprefix(mark))
    return fact


def _expensive(scene: Scene, heard: Heard) -> Piece:
    said = [scene.say(Say.EXPENSIVE)]
    products = scene.products(heard)
    cheaper = [p for p in scene.prompt.catalogue if products and 0 < p.amount < products[0].amount]
    facts = scene.sayable(scene.prompt.facts)
    if cheaper and not scene.plain:
        best = max(cheaper, key=lambda product: product.amount)
        said.append(scene.say(Say.CHEAPER, product=best.name, cost=best.cost))
    elif fact := fact_about("", _PAYMENT, facts) or fact_about("", _GUARANTEE, facts):
        said.append(_sentence(fact))
    return Piece("expensive", " ".join(said))


def _buy(scene: Scene, heard: Heard) -> Piece | Handing:
    products = scene.products(heard)
    if scene.plain:
        return Piece("checked", scene.say(Say.CHECKED), asks=True)
    if (not products and scene.prompt.catalogue) or len(products) > 1:
        return Piece("which", scene.say(Say.WHICH, items=scene.listed(products or scene.prompt.catalogue)), asks=True)
    if not products or products[0].link is None:
        return Handing(scene.say(Say.NO_LINK), "The customer wants to buy and there is no link to pay.")
    product = products[0]
    return Piece(_sold(product), scene.say(Say.BUY, product=product.name, cost=product.cost, link=product.link or ""))


def _link(scene: Scene, heard: Heard) -> Piece | Handing:
    products = scene.products(heard)
    if len(products) == 1 and products[0].link and not scene.plain:
        return Piece(_sold(products[0]), scene.say(Say.LINK, product=products[0].name, link=products[0].link))
    return _buy(scene, heard)


def _yes(scene: Scene, heard: Heard) -> Piece | Handing:
    """To our last question: an offered person, or else an offered link."""
    offered = "\n".join(scene.prompt.last_said).casefold()
    if any(words in offered for words in ("¿te paso con", "¿quieres que te pase con", "shall i pass you")):
        return Handing(scene.say(Say.HUMAN), "The customer accepts to be passed to a person.")
    return _link(scene, heard)


def _price(scene: Scene, heard: Heard) -> Piece:
    products = scene.products(heard) or list(scene.prompt.catalogue)
    if scene.plain:
        return Piece("checked", scene.say(Say.CHECKED), asks=True)
    if not products:
        return Piece("no price", scene.say(Say.NO_PRICE))
    if len(products) > 1:
        return Piece("prices", scene.say(Say.PRICES, items=scene.listed(products)))
    product = products[0]
    text = scene.say(Say.PRICE, product=product.name, cost=product.cost)
    return Piece(_sold(product), text, then=Say.OFFER_LINK if product.link else None)


def _about(scene: Scene, product: Product) -> Piece:
    description = scene.described(product)
    what = Say.ABOUT if description else Say.ABOUT_BARE
    text = scene.say(what, product=product.name, **({"description": description} if description else {}))
    if scene.plain:
        return Piece(_sold(product), text)
    text += f" {scene.say(Say.PRICE, product=product.name, cost=product.cost)}"
    return Piece(_sold(product), text, then=Say.OFFER_LINK if product.link else None)


def _catalogue(scene: Scene, heard: Heard) -> Piece:
    products = scene.products(heard)
    if len(products) == 1:
        return _about(scene, products[0])
    shown = products or scene.prompt.catalogue
    if not shown:
        return Piece("range", scene.say(Say.NOTHING_LISTED))
    return Piece("range", scene.say(Say.RANGE, items=scene.listed(shown)))


def _fact(scene: Scene, heard: Heard) -> Piece:
    concept = heard.concept or _GUARANTEE  # "And if it does not work for me?" names no concept.
    fact = fact_about(heard.text, concept, scene.sayable(scene.prompt.facts))
    if fact is not None:
        return Piece(fact, scene.say(Say.FACT, fact=_sentence(fact)))
    if concept.name == "discount":
        return Piece("discount", scene.say(Say.NO_DISCOUNT))
    products = products_in(heard.text, scene.prompt.catalogue)
    if len(products) == 1:
        return _about(scene, products[0])
    return _unknown(scene, heard)


def _open(scene: Scene, heard: Heard) -> Piece:
    """A clause no rule knows: whatever product or fact shares its words, else an honest "I do not know"."""
    catalogue = scene.prompt.catalogue
    products = products_in(heard.text, catalogue)
    by_name = products_in(heard.text, catalogue, by_name=True)
    fact = fact_about(heard.text, None, scene.sayable(scene.prompt.facts))
    if fact is not None and not by_name:
        return Piece(fact, scene.say(Say.FACT, fact=_sentence(fact)))
    if len(products) == 1:
        return _about(scene, products[0])
    if products:
        return Piece("range", scene.say(Say.RANGE, items=scene.listed(products)))
    return _unknown(scene, heard)


def _unknown(scene: Scene, heard: Heard) -> Piece:
    quote = quotable(heard.text)
    if quote is None:
        return Piece("unknown", scene.say(Say.UNKNOWN_BARE))
    if heard.topic is Topic.STATEMENT:
        return Piece(quote, scene.say(Say.NOTED, quote=quote), then=Say.TELL_MORE)
    return Piece(quote, scene.say(Say.UNKNOWN, quote=quote))


def _sold(product: Product) -> str:
    return f"product {product.name}"


def _sentence(fact: str) -> str:
    text = " ".join(fact.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _nothing(scene: Scene, heard: Heard) -> None:
    return None


_REPLIES: dict[Topic, _Reply] = {
    Topic.GREETING: _greeting,
    Topic.NAME: _name,
    Topic.UNSEEN: _simple(Say.UNSEEN, asks=True),
    Topic.TRICK: _simple(Say.TRICK),
    Topic.IDENTITY: _simple(Say.IDENTITY),
    Topic.HUMAN: _handing(Say.HUMAN, "The customer asks for a person."),
    Topic.COMPLAINT: _complaint,
    Topic.SUPPORT: _support,
    Topic.PAID: _simple(Say.PAID, asks=True),
    Topic.MEMORY: _memory,
    Topic.EXPENSIVE: _expensive,
    Topic.DOUBT: _simple(Say.DOUBT, asks=True),
    Topic.DECLINE: _simple(Say.DECLINE, asks=True),
    Topic.BUY: _buy,
    Topic.LINK: _link,
    Topic.PRICE: _price,
    Topic.RECOMMEND: _catalogue,
    Topic.CATALOGUE: _catalogue,
    Topic.FACT: _fact,
    Topic.YES: _yes,
    Topic.CLOSING: _nothing,
    Topic.QUESTION: _open,
    Topic.STATEMENT: _open,
}


def reply(scene: Scene, heard: Heard) -> Piece | Handing | None:
    """What to say to one clause; None when it needs no answer."""
    return _REPLIES[heard.topic](scene, heard)
