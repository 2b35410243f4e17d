"""What the brain can say, in Spanish and English: a few ways for each thing. A link always ends its phrase."""

from enum import StrEnum


class Say(StrEnum):
    """Something to say; the names in braces are filled in."""

    GREET_NEW = "greet_new"
    GREET_BACK = "greet_back"
    RESUMED = "resumed"
    ASK_NEED = "ask_need"
    NICE_TO_MEET = "nice_to_meet"
    UNSEEN = "unseen"
    TRICK = "trick"
    IDENTITY = "identity"
    HUMAN = "human"
    COMPLAINT = "complaint"
    SUPPORT = "support"
    PAID = "paid"
    NO_LINK = "no_link"
    YOUR_NAME = "your_name"
    REMEMBER = "remember"
    REMEMBER_NOTHING = "remember_nothing"
    INTERESTED = "interested"
    OBJECTED = "objected"
    EXPENSIVE = "expensive"
    CHEAPER = "cheaper"
    DOUBT = "doubt"
    DECLINE = "decline"
    BUY = "buy"
    LINK = "link"
    WHICH = "which"
    PRICE = "price"
    PRICES = "prices"
    NO_PRICE = "no_price"
    CHECKED = "checked"
    ABOUT = "about"
    ABOUT_BARE = "about_bare"
    RANGE = "range"
    NOTHING_LISTED = "nothing_listed"
    FACT = "fact"
    NO_DISCOUNT = "no_discount"
    UNKNOWN = "unknown"
    UNKNOWN_BARE = "unknown_bare"
    NOTED = "noted"
    TELL_MORE = "tell_more"
    OFFER_LINK = "offer_link"
    AS_SAID = "as_said"


SPANISH: dict[Say, tuple[str, ...]] = {
    Say.GREET_NEW: (
        "¡Hola{who}! Soy el asistente de {business}.",
        "¡Hola{who}! Te saluda el asistente de {business}.",
        "¡Qué gusto saludarte{who}! Aquí el asistente de {business}.",
    ),
    Say.GREET_BACK: ("¡Hola de nuevo{who}!", "¡Qué gusto leerte otra vez{who}!", "¡Hola{who}! Aquí sigo."),
    Say.RESUMED: (
        "Gracias por la espera{who}, retomo la conversación.",
        "Ya estoy de vuelta{who}, gracias por esperar.",
    ),
    Say.ASK_NEED: ("¿En qué te puedo ayudar?", "Cuéntame, ¿qué estás buscando?", "¿Qué te gustaría saber?"),
    Say.NICE_TO_MEET: ("Mucho gusto, {name}.", "Encantado, {name}.", "Gracias, {name}, un gusto."),
    Say.UNSEEN: (
        "Todavía no puedo ver ni escuchar lo que me enviaste; ¿me lo escribes, por favor?",
        "Una disculpa, por aquí no puedo ver fotos ni escuchar audios. ¿Me lo cuentas por escrito?",
    ),
    Say.TRICK: (
        "En eso no te puedo ayudar, pero con gusto te atiendo en lo de {business}.",
        "Eso no me toca a mí; lo que sí puedo es ayudarte con {business}.",
    ),
    Say.IDENTITY: (
        "Soy el asistente virtual de {business}; si prefieres una persona, dímelo y te paso con el equipo.",
        "Te atiende el asistente virtual de {business}. Si quieres hablar con alguien del equipo, solo dilo.",
    ),
    Say.HUMAN: (
        "Claro que sí{who}, te paso con una persona del equipo; en breve te escribe por aquí.",
        "Con gusto{who}. Ya le aviso a alguien del equipo para que te atienda por este chat.",
    ),
    Say.COMPLAINT: (
        "Lamento mucho lo que pasó{who}. Le paso tu caso a una persona del equipo para que lo resuelva contigo.",
        "Siento mucho el inconveniente{who}. Ya mismo lo ve una persona del equipo y te escribe por aquí.",
    ),
    Say.SUPPORT: (
        "Entiendo{who}. Eso lo tiene que revisar una persona del equipo; ya le paso tu mensaje.",
        "Gracias por avisar{who}. Le pido a alguien del equipo que lo revise y te escriba.",
    ),
    Say.PAID: (
        "¡Gracias{who}! Le aviso al equipo para que confirme tu pago.",
        "¡Muchas gracias{who}! El equipo confirma tu pago y te escribe por aquí.",
    ),
    Say.NO_LINK: (
        "¡Qué bien{who}! Para cerrar tu compra te paso con una persona del equipo.",
        "¡Excelente decisión{who}! Una persona del equipo te ayuda con el pago por aquí.",
    ),
    Say.YOUR_NAME: ("Claro, te llamas {name}.", "Por supuesto, eres {name}."),
    Say.REMEMBER: ("Claro que me acuerdo. Esto tengo anotado: {facts}.", "Sí, lo tengo presente: {facts}."),
    Say.REMEMBER_NOTHING: (
        "Todavía no tengo nada anotado de ti; cuéntame y lo tendré presente.",
        "De eso no tengo nada anotado aún. ¿Me lo cuentas?",
    ),
    Say.INTERESTED: ("te interesa {thing}", "preguntaste por {thing}"),
    Say.OBJECTED: ("lo que te hacía dudar: {thing}", "te frenaba esto: {thing}"),
    Say.EXPENSIVE: (
        "Te entiendo{who}, es una inversión y es normal pensarla.",
        "Entiendo lo que dices del precio{who}; vale la pena mirarlo con calma.",
        "Es válido{who}: que te haga sentido es lo primero.",
    ),
    Say.CHEAPER: (
        "Si prefieres empezar con menos, está {product} por {cost}.",
        "También tenemos {product}, que cuesta {cost}.",
    ),
    Say.DOUBT: (
        "Claro{who}, tómate tu tiempo. ¿Hay alguna duda que te pueda resolver mientras lo piensas?",
        "Por supuesto, sin prisa{who}. ¿Qué te haría sentir más seguro para decidir?",
    ),
    Say.DECLINE: ("Sin problema{who}, aquí quedo por si lo necesitas.", "De acuerdo{who}; cuando quieras, aquí estoy."),
    Say.BUY: (
        "¡Excelente{who}! {product} cuesta {cost} y lo pagas aquí: {link}",
        "¡Qué buena noticia{who}! Este es el enlace de {product} ({cost}): {link}",
        "¡Perfecto{who}! Puedes pagar {product} ({cost}) en este enlace: {link}",
    ),
    Say.LINK: ("Aquí tienes el enlace de {product}: {link}", "Este es el enlace de {product}: {link}"),
    Say.WHICH: ("¿Cuál de estos te interesa?\n{items}", "¿Con cuál te quedas?\n{items}"),
    Say.PRICE: ("{product} cuesta {cost}.", "El precio de {product} es {cost}.", "{product} está en {cost}."),
    Say.PRICES: ("Estos son los precios:\n{items}", "Te comparto los precios:\n{items}"),
    Say.NO_PRICE: (
        "El precio no lo tengo a la mano; prefiero no inventarte uno.",
        "No tengo ese precio cargado y no quiero darte uno equivocado.",
    ),
    Say.CHECKED: (
        "Ese dato prefiero confirmarlo antes de decírtelo. ¿Quieres que te pase con una persona del equipo?",
        "Para no darte un dato equivocado, eso te lo puede confirmar una persona del equipo. ¿Te paso con ella?",
    ),
    Say.ABOUT: ("{product}: {description}", "Te cuento de {product}: {description}"),
    Say.ABOUT_BARE: ("Sí, tenemos {product}.", "Claro, manejamos {product}."),
    Say.RANGE: ("Esto es lo que tenemos:\n{items}", "Te comparto nuestras opciones:\n{items}"),
    Say.NOTHING_LISTED: (
        "Por ahora no tengo productos cargados para mostrarte.",
        "De momento no tengo a la mano la lista de productos.",
    ),
    Say.FACT: ("{fact}", "Te cuento: {fact}", "Claro: {fact}"),
    Say.NO_DISCOUNT: (
        "No tengo descuentos autorizados; los precios son los de lista.",
        "Por ahora no manejo descuentos, solo los precios de lista.",
    ),
    Say.UNKNOWN: (
        "Sobre «{quote}» no tengo el dato a la mano; prefiero no inventarte.",
        "De «{quote}» no tengo información confirmada.",
    ),
    Say.UNKNOWN_BARE: (
        "De lo otro que me comentas no tengo información confirmada.",
        "Ese otro dato no lo tengo a la mano; prefiero no inventarte.",
    ),
    Say.NOTED: ("Tomo nota de «{quote}».", "Anotado lo de «{quote}».", "Entendido lo de «{quote}»."),
    Say.TELL_MORE: ("¿Me cuentas un poco más?", "¿Cómo te puedo ayudar con eso?", "¿Qué te gustaría lograr?"),
    Say.OFFER_LINK: ("¿Te paso el enlace?", "¿Quieres que te mande el enlace?"),
    Say.AS_SAID: ("Como te comentaba: {text}", "Te repito por si acaso: {text}"),
}

ENGLISH: dict[Say, tuple[str, ...]] = {
    Say.GREET_NEW: (
        "Hi{who}! I'm the assistant of {business}.",
        "Hello{who}! This is the assistant of {business}.",
        "Nice to hear from you{who}! I'm the assistant of {business}.",
    ),
    Say.GREET_BACK: ("Hi again{who}!", "Good to hear from you again{who}!", "Hello{who}! Still here."),
    Say.RESUMED: ("Thanks for waiting{who}, I'm back.", "I'm with you again{who}, thanks for your patience."),
    Say.ASK_NEED: ("How can I help you?", "What are you looking for?", "What would you like to know?"),
    Say.NICE_TO_MEET: ("Nice to meet you, {name}.", "A pleasure, {name}.", "Thanks, {name}, good to meet you."),
    Say.UNSEEN: (
        "I cannot see or hear what you sent yet; could you write it, please?",
        "Sorry, I cannot see pictures or hear voice notes here. Could you tell me in writing?",
    ),
    Say.TRICK: (
        "I can't help with that, but I'm glad to help with {business}.",
        "That one is not for me; what I can do is help you with {business}.",
    ),
    Say.IDENTITY: (
        "I'm the virtual assistant of {business}; if you'd rather have a person, just say so.",
        "You're talking to the virtual assistant of {business}. Tell me if you'd like someone from the team.",
    ),
    Say.HUMAN: (
        "Of course{who}, I'm passing you to someone from the team; they'll write to you here shortly.",
        "Sure{who}. I'm letting someone from the team know, they'll answer you in this chat.",
    ),
    Say.COMPLAINT: (
        "I'm very sorry about that{who}. I'm passing your case to someone from the team to sort it out with you.",
        "I'm really sorry for the trouble{who}. A person from the team will look at it and write to you here.",
    ),
    Say.SUPPORT: (
        "I see{who}. Someone from the team has to look at that; I'm passing your message on now.",
        "Thanks for telling us{who}. I'm asking someone from the team to check it and write to you.",
    ),
    Say.PAID: (
        "Thank you{who}! I'm letting the team know so that they confirm your payment.",
        "Thanks{who}! The team will confirm your payment and write to you here.",
    ),
    Say.NO_LINK: (
        "Great{who}! A person from the team will help you complete the purchase.",
        "Good choice{who}! Someone from the team will help you with the payment here.",
    ),
    Say.YOUR_NAME: ("Of course, your name is {name}.", "Sure, you're {name}."),
    Say.REMEMBER: ("Of course I remember. This is what I noted: {facts}.", "Yes, I have it here: {facts}."),
    Say.REMEMBER_NOTHING: (
        "I have nothing noted about you yet; tell me and I'll keep it in mind.",
        "I have no note of that yet. Would you tell me?",
    ),
    Say.INTERESTED: ("you are interested in {thing}", "you asked about {thing}"),
    Say.OBJECTED: ("what made you hesitate: {thing}", "this held you back: {thing}"),
    Say.EXPENSIVE: (
        "I understand{who}, it's an investment and worth a thought.",
        "I hear you about the price{who}; it's worth looking at it calmly.",
        "Fair enough{who}: it has to make sense to you first.",
    ),
    Say.CHEAPER: (
        "If you'd rather start smaller, there is {product} for {cost}.",
        "We also have {product}, at {cost}.",
    ),
    Say.DOUBT: (
        "Of course{who}, take your time. Is there a doubt I can clear up meanwhile?",
        "Sure, no rush{who}. What would make you feel safer about deciding?",
    ),
    Say.DECLINE: ("No problem{who}, I'm here if you need anything.", "All right{who}; whenever you like, I'm here."),
    Say.BUY: (
        "Great{who}! {product} is {cost} and you can pay here: {link}",
        "Wonderful{who}! This is the link for {product} ({cost}): {link}",
        "Perfect{who}! You can pay for {product} ({cost}) at this link: {link}",
    ),
    Say.LINK: ("Here is the link for {product}: {link}", "This is the link for {product}: {link}"),
    Say.WHICH: ("Which of these would you like?\n{items}", "Which one is it?\n{items}"),
    Say.PRICE: ("{product} is {cost}.", "The price of {product} is {cost}.", "{product} costs {cost}."),
    Say.PRICES: ("These are the prices:\n{items}", "Here are the prices:\n{items}"),
    Say.NO_PRICE: (
        "I don't have that price at hand, and I'd rather not make one up.",
        "That price isn't in my list and I don't want to give you a wrong one.",
    ),
    Say.CHECKED: (
        "I'd rather confirm that before telling you. Shall I pass you to someone from the team?",
        "So as not to tell you something wrong, a person from the team can confirm it. Shall I pass you on?",
    ),
    Say.ABOUT: ("{product}: {description}", "About {product}: {description}"),
    Say.ABOUT_BARE: ("Yes, we have {product}.", "Sure, we offer {product}."),
    Say.RANGE: ("This is what we have:\n{items}", "Here are our options:\n{items}"),
    Say.NOTHING_LISTED: (
        "I have no products listed to show you right now.",
        "I don't have the product list at hand at the moment.",
    ),
    Say.FACT: ("{fact}", "Here it is: {fact}", "Sure: {fact}"),
    Say.NO_DISCOUNT: (
        "I have no discounts to give; the prices are the listed ones.",
        "No discounts at the moment, only the listed prices.",
    ),
    Say.UNKNOWN: (
        "About “{quote}” I don't have that at hand, and I'd rather not make it up.",
        "On “{quote}” I have no confirmed information.",
    ),
    Say.UNKNOWN_BARE: (
        "On the other thing you mention I have no confirmed information.",
        "That other detail I don't have at hand; I'd rather not make it up.",
    ),
    Say.NOTED: ("I've noted “{quote}”.", "Noted: “{quote}”.", "Understood about “{quote}”."),
    Say.TELL_MORE: (
        "Could you tell me a bit more?",
        "How can I help you with that?",
        "What would you like to achieve?",
    ),
    Say.OFFER_LINK: ("Shall I send you the link?", "Would you like the link?"),
    Say.AS_SAID: ("As I said: {text}", "Again, just in case: {text}"),
}

PHRASES = {"es": SPANISH, "en": ENGLISH}
