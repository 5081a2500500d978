"""What stands on the town's pages, in both languages. No Django here, so no gettext either."""

from __future__ import annotations

LANGUAGES = ("en", "it")

# Each word by its name: the English one, the Italian one.
_WORDS = {
    "title": ("The town", "La città"),
    "lead": (
        "Here you are the customers. What you write travels by the real roads, signed, and reaches the desk.",  # noqa: E501
        "Qui i clienti sei tu. Quello che scrivi viaggia per le strade vere, firmato, e arriva al banco.",  # noqa: E501
    ),
    "you_are": ("You are", "Sei"),
    "somebody_new": ("Somebody new…", "Qualcuno di nuovo…"),
    "new_name": ("What is their name?", "Come si chiama?"),
    "new_phone": ("Telephone", "Telefono"),
    "new_come": ("Move in", "Vieni ad abitare"),
    "cancel": ("Cancel", "Annulla"),
    "open_desk": ("Open the desk", "Apri il banco"),
    "light": ("Light", "Chiaro"),
    "dark": ("Dark", "Scuro"),
    "theme": ("Light or dark", "Chiaro o scuro"),
    "other_language": ("Italiano", "English"),
    "company": ("Brezza", "Brezza"),
    # the phone
    "phone": ("The phone", "Il telefono"),
    "phone_of": ("$name's phone", "Il telefono di $name"),
    "business": ("Business account", "Account business"),
    "typing": ("typing…", "sta scrivendo…"),
    "phone_empty": (
        "Nothing yet. Write to Brezza as you would to a friend.",
        "Ancora niente. Scrivi a Brezza come a un amico.",
    ),
    "phone_none": ("No WhatsApp number is connected.", "Nessun numero WhatsApp è collegato."),
    "message": ("Message", "Messaggio"),
    "send": ("Send", "Invia"),
    "photo": ("Photo or file", "Foto o file"),
    "place": ("Where I am", "Dove sono"),
    "reply_to": ("Reply", "Rispondi"),
    "react": ("React", "Reagisci"),
    "withdraw": ("Delete for everyone", "Elimina per tutti"),
    "withdrawn": ("This message was deleted", "Questo messaggio è stato eliminato"),
    "answering": ("Answering", "In risposta a"),
    "choose": ("Choose", "Scegli"),
    "document": ("Document", "Documento"),
    "voice": ("Voice message", "Messaggio vocale"),
    "picture": ("Photo", "Foto"),
    "not_taken": ("Filo did not take it ($status)", "Filo non l'ha preso ($status)"),
    "sent": ("sent", "inviato"),
    "seen": ("read by Brezza", "letto da Brezza"),
    "you": ("You", "Tu"),
    "today": ("Today", "Oggi"),
    # the mail
    "mail": ("The mail", "La posta"),
    "inbox": ("Inbox", "In arrivo"),
    "write_mail": ("Write", "Scrivi"),
    "mail_empty": ("No mail yet.", "Ancora nessuna mail."),
    "mail_pick": ("Choose a mail, or write one.", "Scegli una mail, o scrivine una."),
    "mail_trouble": ("The post office is closed", "L'ufficio postale è chiuso"),
    "mail_trouble_do": (
        "Mailboxes here are real ones, kept by dovecot. Install it, then start Filo again.",
        "Le caselle qui sono vere, le tiene dovecot. Installalo, poi riavvia Filo.",
    ),
    "mail_no_address": ("This person has no address.", "Questa persona non ha un indirizzo."),
    "to": ("To", "A"),
    "subject": ("Subject", "Oggetto"),
    "text": ("Text", "Testo"),
    "answer": ("Answer", "Rispondi"),
    "attach": ("Attach", "Allega"),
    "mail_sent": ("Sent: $id", "Inviata: $id"),
    "mail_failed": ("The post said no: $why", "La posta ha detto no: $why"),
    "reload": ("Look for new mail", "Cerca nuova posta"),
    "from": ("From", "Da"),
    # the shop
    "shop": ("The shop", "Il sito"),
    "shop_none": ("No web chat is connected.", "Nessuna chat del sito è collegata."),
    "shop_head": ("Where the wind takes you.", "Dove ti porta il vento."),
    "shop_lead": (
        "Small planes, short queues. Milan, Catania, Palermo, Cagliari, from 39 €.",
        "Aerei piccoli, code corte. Milano, Catania, Palermo, Cagliari, da 39 €.",
    ),
    "shop_book": ("Book", "Prenota"),
    "shop_login": ("Log in as $name", "Accedi come $name"),
    "shop_logout": ("Log out", "Esci"),
    "shop_hello": ("Hello, $name", "Ciao, $name"),
    "shop_from": ("from", "da"),
    "shop_flights": ("This week", "Questa settimana"),
    "shop_bags": ("Bags", "Bagagli"),
    "shop_help": ("Help", "Aiuto"),
    "shop_hint": (
        "The button at the bottom is Filo's widget: one line of HTML on the page.",
        "Il pulsante in basso è il widget di Filo: una riga di HTML nella pagina.",
    ),
    "shop_reload": ("Load the page again", "Ricarica la pagina"),
    # the kiosk
    "kiosk": ("The kiosk at the airport", "Il totem in aeroporto"),
    "kiosk_lead": (
        "A machine attached by the http connector: signed JSON both ways.",
        "Una macchina collegata con il connettore http: JSON firmato nei due sensi.",
    ),
    "kiosk_none": ("No http channel is connected.", "Nessun canale http è collegato."),
    "kiosk_says": ("Type at the kiosk", "Scrivi al totem"),
    "kiosk_log": ("What went over the wire", "Che cosa è passato sul filo"),
    "kiosk_empty": ("Nothing has come yet.", "Non è ancora arrivato niente."),
    "kiosk_in": ("to Filo", "a Filo"),
    "kiosk_out": ("from Filo", "da Filo"),
    "kiosk_again": ("came $times times, kept once", "arrivato $times volte, tenuto una"),
    "away": (
        "The town does not answer. Is Filo running?",
        "La città non risponde. Filo è acceso?",
    ),
}


def words(language: str) -> dict[str, str]:
    """All words of one language, by name."""
    place = LANGUAGES.index(language)
    return {name: told[place] for name, told in _WORDS.items()}
