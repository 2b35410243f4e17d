// Spanish and English, by the browser's language.

const WORDS = {
  es: {
    simulator: "Simulador",
    brainSimulated: "Cerebro simulado: las respuestas no vienen de OpenAI",
    brainReal: "Responde",
    company: "Empresa",
    customers: "Teléfonos de clientes",
    invent: "Nuevo cliente",
    hint: "Cada pestaña puede ser un cliente distinto.",
    noCustomers: "Aún nadie ha escrito. Inventa un cliente y saluda.",
    noCompanies: "No hay ninguna empresa. Carga una con: perennial company apply ARCHIVO",
    notSimulated: "Esta empresa usa WhatsApp de verdad: sus clientes tienen teléfonos reales.",
    unreachable: "La API no contesta; se intenta otra vez…",
    phoneOf: "El teléfono de",
    edit: "Editar",
    temporal: "El agente en Temporal",
    details: "Datos del cliente",
    name: "Nombre",
    phone: "Teléfono (E.164)",
    cancel: "Cancelar",
    save: "Guardar",
    nobodyTitle: "Elige un cliente o inventa uno",
    nobodyText: "Escribirás desde su teléfono y el agente contestará como en WhatsApp.",
    note: "Conversación simulada: nada de esto sale a WhatsApp.",
    online: "en línea",
    connecting: "conectando…",
    typing: "escribiendo…",
    message: "Mensaje",
    send: "Enviar",
    sendAudio: "Enviar un audio",
    attach: "Adjuntar",
    emoji: "Emojis",
    back: "Atrás",
    toEnd: "Ir al final",
    conversation: "Conversación",
    image: "Foto",
    audio: "Audio",
    sticker: "Sticker",
    pending: "pendiente: se intenta de nuevo",
    accepted: "enviado",
    seen: "leído",
    failed: "no se pudo enviar",
    today: "Hoy",
    yesterday: "Ayer",
  },
  en: {
    simulator: "Simulator",
    brainSimulated: "Simulated brain: the answers do not come from OpenAI",
    brainReal: "Answers by",
    company: "Company",
    customers: "Customers' phones",
    invent: "New customer",
    hint: "Each tab can be a different customer.",
    noCustomers: "Nobody has written yet. Invent a customer and say hello.",
    noCompanies: "There is no company. Load one with: perennial company apply FILE",
    notSimulated: "This company is on the real WhatsApp: its customers have real phones.",
    unreachable: "The API does not answer; trying again…",
    phoneOf: "The phone of",
    edit: "Edit",
    temporal: "The agent in Temporal",
    details: "Customer",
    name: "Name",
    phone: "Phone (E.164)",
    cancel: "Cancel",
    save: "Save",
    nobodyTitle: "Choose a customer or invent one",
    nobodyText: "You write from their phone, and the agent answers as on WhatsApp.",
    note: "A simulated conversation: nothing of it goes out to WhatsApp.",
    online: "online",
    connecting: "connecting…",
    typing: "typing…",
    message: "Message",
    send: "Send",
    sendAudio: "Send a voice message",
    attach: "Attach",
    emoji: "Emoji",
    back: "Back",
    toEnd: "Go to the end",
    conversation: "Conversation",
    image: "Photo",
    audio: "Audio",
    sticker: "Sticker",
    pending: "pending: it is tried again",
    accepted: "sent",
    seen: "read",
    failed: "could not be sent",
    today: "Today",
    yesterday: "Yesterday",
  },
};

export const language = navigator.language?.toLowerCase().startsWith("es") ? "es" : "en";
export const locale = language === "es" && !navigator.language.includes("-") ? "es-MX" : navigator.language;

export const word = (key) => WORDS[language][key] ?? key;

/** Fills in every text of the page that has a `data-word`, `data-label` or `data-placeholder`. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  for (const element of root.querySelectorAll("[data-label]")) element.ariaLabel = word(element.dataset.label);
  for (const element of root.querySelectorAll("[data-placeholder]")) {
    element.placeholder = word(element.dataset.placeholder);
  }
}
