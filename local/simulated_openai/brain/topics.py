"""What a clause may be about, and the words that tell; patterns are for folded text (no accents, lower case)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Topic(StrEnum):
    """What a clause is about."""

    GREETING = "greeting"
    NAME = "name"
    UNSEEN = "unseen"
    TRICK = "trick"
    IDENTITY = "identity"
    HUMAN = "human"
    COMPLAINT = "complaint"
    SUPPORT = "support"
    PAID = "paid"
    MEMORY = "memory"
    EXPENSIVE = "expensive"
    DOUBT = "doubt"
    DECLINE = "decline"
    BUY = "buy"
    LINK = "link"
    PRICE = "price"
    RECOMMEND = "recommend"
    CATALOGUE = "catalogue"
    FACT = "fact"
    YES = "yes"
    CLOSING = "closing"
    QUESTION = "question"
    STATEMENT = "statement"


_PATTERNS: list[tuple[Topic, str]] = [
    (
        Topic.TRICK,
        r"\b(ignora|olvida|ignore|forget|disregard)\b.{0,30}\b(instrucciones|reglas|instructions|rules|prompt)\b"
        r"|system prompt|prompt del sistema",
    ),
    (
        Topic.IDENTITY,
        r"\b(eres|sos|es|hablo con) (un |una )?(bot|robot|maquina|ia|humano|persona( real)?|chatgpt)\b"
        r"|\b(are you|is this|am i talking to) (a |an )?(bot|robot|human|real|ai|machine|person)\b"
        r"|\b(quien eres|who are you|con quien hablo)\b",
    ),
    (
        Topic.HUMAN,
        r"\bhabl(ar|o|e) con (un |una |el |la |algun )?(persona|human[oa]|asesora?|agente|alguien|"
        r"encargad[oa]|ejecutiv[oa]|"
        r"vendedora?|gerente|dueno|duena)\b|\bpersona real\b|\b(un|una) (asesora?|humano|ejecutiv[oa]|operadora?)\b"
        r"|\b(talk|speak|chat) (to|with) (a |an |some|the )?(real )?(human|person|agent|one|body|manager|"
        r"advisor|representative|"
        r"owner)\b|\b(an?|the|real|live) (agent|human|representative)\b|\breal person\b|^(humano|agente|human|agent)\b",
    ),
    (Topic.FACT, r"\b(cuanto|cuesta|costo|precio|how much|cost)\b.*\b(envio|domicilio|shipping|delivery)\b"),
    (Topic.FACT, r"\b(y si|que pasa si|what if)\b.*\b(no|not|doesn.?t|don.?t)\b"),
    (
        Topic.COMPLAINT,
        r"\bno (me )?(funciona|sirve|llego|ha llegado|han llegado|contestan|responden)\b|\b(queja|reclamo|"
        r"estafa|fraude|"
        r"pesimo|horrible|molest[oa]|enojad[oa]|decepcionad[oa]|mal servicio|llego rot[oa]|roto|danado|denuncia\w*)\b"
        r"|devuelvan|(quiero|exijo) (mi|el) (dinero|reembolso)"
        r"|\b(doesn.?t|does not|isn.?t|not|stopped) work(ing)?\b|\b(complaint|complain|scam|fraud|"
        r"terrible|awful|disappointed|"
        r"angry|upset|broken|never arrived|hasn.?t arrived|worst)\b|\bmy money back\b",
    ),
    (
        Topic.SUPPORT,
        r"\bno (puedo|pude|me deja|logro) (entrar|acceder|ingresar|descargar|ver|abrir|iniciar)\b|contrasena"
        r"|\b(can.?t|cannot|unable to) (log ?in|access|open|download|enter)\b|\bpassword\b",
    ),
    (
        Topic.PAID,
        r"\bya (lo |la |te |les )?(pague|compre|deposite|transferi|hice (el|la) (pago|transferencia|deposito))\b"
        r"|\bi (have |ve )?(already )?paid\b|\bi just paid\b",
    ),
    (
        Topic.MEMORY,
        r"\b(te |se )?(acuerdas?|recuerdas?) (de|que|mi|lo|quien|como|cual)|\bte acuerdas\b|\bcomo me llamo\b"
        r"|\bcual es mi nombre\b|\b(sabes|recuerdas) mi nombre\b|\bque sabes (de|sobre) mi\b"
        r"|\b(do you )?remember (me|my|what|who|that|which)\b|\bwhat.?s my name\b|\bwhat is my name\b|"
        r"\bknow about me\b",
    ),
    (
        Topic.EXPENSIVE,
        r"\b(caro|cara|caros|caras|carisimo|costos[oa]|no me alcanza|mucho dinero|es mucho|"
        r"fuera de mi presupuesto|"
        r"expensive|too much|can.?t afford|pricey|over my budget)\b",
    ),
    (
        Topic.DOUBT,
        r"\b(lo (voy a|tengo que|quiero) pensar|pensarlo|lo pienso|dejame pensar|lo consulto|mas adelante|"
        r"luego te|despues te|"
        r"no estoy segur[oa]|let me think|think about it|not sure|maybe later|need to think)\b",
    ),
    (Topic.DECLINE, r"^\W*no,? (muchas )?gracias|^\W*no,? thank|\bno me interesa\b|\bnot interested\b"),
    (
        Topic.BUY,
        r"\b(lo|la|los|las) (quiero|compro|llevo|tomo)\b|\b(quiero|quisiera|voy a|deseo|puedo) (comprar|"
        r"contratar|inscribirme|"
        r"pagar|ordenar|pedir|reservar|apartar)\w*|\bme (apunto|inscribo)\b|\b(como|donde) (lo |la |te |"
        r"se |puedo |le )?(pago|"
        r"pagar|compro|comprar|contrato|hago para (pagar|comprar)|inscribo|inscribirme)\w*\b"
        r"|\b(i.?ll take|i want (it|to buy|to order|to pay|to sign up)|i.?d like to (buy|order|pay|sign up)|sign me up|"
        r"(how|where) (do|can|could|should) i (pay|buy|order|get it|sign up))\b|\b(ready to|want to) (buy|pay)\b",
    ),
    (Topic.LINK, r"\b(link|enlace|liga|url|website|pagina web|sitio web)\b"),
    (
        Topic.PRICE,
        r"\b(cuanto|que) (me )?(cuesta|cuestan|vale|valen|sale|salen|cobran?|seria|es lo que cuesta)\b|"
        r"^\W*(y )?cuanto( es)?\W*$"
        r"|\b(precios?|costos?|tarifas?|cuesta|cuestan|a como)\b|\bhow much\b|\b(prices?|costs?|fees?|pricing)\b",
    ),
    (
        Topic.RECOMMEND,
        r"\b(recomiend\w*|me conviene|me sirve|recommend|should i (get|choose|pick)|which one)\b|"
        r"\bbusco\b|\balgo para\b"
        r"|\blooking for\b|\bsomething for\b",
    ),
    (
        Topic.CATALOGUE,
        r"\bque (mas )?(\w+ )?(venden|ofrecen|tienen|manejan|hacen|productos|servicios|cursos|opciones|"
        r"planes)\b|\binfo(rmes)?\b"
        r"|\b(mas|quiero|dame|pido|necesito|quisiera) informacion\b|\b(catalogo|productos|servicios|opciones)\b"
        r"|\bwhat (\w+ )?do you (sell|offer|have|do)\b|\b(more )?information\b|\b(catalog(ue)?|products|services)\b",
    ),
]

RULES: list[tuple[Topic, re.Pattern[str]]] = [(topic, re.compile(pattern)) for topic, pattern in _PATTERNS]
"""Topic by pattern, the more telling first."""


@dataclass(frozen=True)
class Concept:
    """Something people ask a business about: how they ask, and the stems by which a fact tells of it."""

    name: str
    asked: re.Pattern[str]
    told: frozenset[str]


def _concept(name: str, asked: str, told: str) -> Concept:
    return Concept(name, re.compile(rf"\b({asked})\b"), frozenset(told.split()))


CONCEPTS = (
    _concept(
        "guarantee",
        r"garantia\w*|devolucion\w*|devolver|reembols\w*|guarantee\w*|warranty|refund\w*|money back|return policy",
        "garanti devolucion reembols guarant refund warranty return",
    ),
    _concept(
        "discount",
        r"descuento\w*|promocion\w*|promo|oferta|rebaja|cupon|me lo dejas|mas barato|cheaper|lower price|discount\w*|"
        r"coupon|deal",
        "descuent promocion promo ofert rebaj cupon discount coupon",
    ),
    _concept("invoice", r"factura\w*|cfdi|invoice\w*", "factur facturam cfdi invoic"),
    _concept(
        "shipping",
        r"envio\w*|envian|entrega\w*|paqueteria|domicilio|shipping|ship|deliver\w*",
        "envi entreg paqueteri domicili shipping ship delivery deliver",
    ),
    _concept(
        "hours",
        r"horarios?|abren|abierto\w*|cierran|atienden|a que hora|que dias|hours|open|opening|close|what time",
        "horari abr abrim abren abiert atend atencion lun viern sabad doming hour open monday friday saturday sunday",
    ),
    _concept(
        "location",
        r"donde (estan|se ubican|queda\w*|se encuentran|es|los encuentro)|ubicacion|ubicad\w*|direccion|"
        r"sucursal\w*|tienda|"
        r"where are you|where is|where can i find|located|location|address|store",
        "ubicacion ubicad direccion sucursal tiend call coloni estam locat address stor street",
    ),
    _concept(
        "payment",
        r"pagos?|pagar|pago|tarjetas?|transferencia|efectivo|a meses|mensualidades|cuotas|paypal|oxxo|"
        r"mercado ?pago|payment\w*|"
        r"pay|cards?|cash|installments?",
        "pag pagar tarjet transferenci efectiv mensualidad cuot paypal oxx payment pay card cash installment msi",
    ),
    _concept(
        "duration", r"dura|duracion|cuanto (tiempo|tarda)|how long|duration", "dur duracion seman week month lasts last"
    ),
    _concept(
        "format",
        r"en linea|online|presencial\w*|virtual\w*|por zoom|in person|remote",
        "line onlin presencial virtual zoom",
    ),
    _concept("certificate", r"certificad\w*|diploma|certificate\w*", "certificad diplom certificat"),
)
"""In the order in which they are tried."""

YES_WORDS = frozenset(
    "si sip claro dale va vale ok okay bueno por favor porfa porfavor perfecto listo desde luego "
    "supuesto yes yeah yep sure "
    "please ok great perfect of course go ahead sounds good pasamelo mandamelo envialo".split()
)
"""A clause made of these alone says yes to what we offered."""

CLOSING_WORDS = frozenset(
    "ok okay okey vale va listo perfecto gracias muchas mil muchisimas bye adios chao hasta luego pronto "
    "manana nos vemos que "
    "tenga tengas buen buena dia tarde noche igualmente entendido de acuerdo excelente genial saludos "
    "jaja jajaja thanks thank "
    "you so much very great perfect cool see later good night have a nice day cheers all set fine got it "
    "understood alright "
    "ya es todo eso era lo haha that s is all for now the a muy amable si claro bueno super".split()
)
"""A clause made of these alone closes the conversation."""
