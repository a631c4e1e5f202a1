"""What stands behind the short forms people type, by language, and the words they greet with."""

from __future__ import annotations

# Apostrophes and diacritics are already gone when these are looked up.
_ENGLISH = {
    "u": "you", "ur": "your", "r": "are", "y": "why", "b4": "before", "2day": "today",
    "2moro": "tomorrow", "tmrw": "tomorrow", "tmr": "tomorrow", "pls": "please", "plz": "please",
    "plse": "please", "pleas": "please", "thx": "thanks", "thnx": "thanks", "tnx": "thanks",
    "thanx": "thanks", "thks": "thanks", "ty": "thank you", "thankyou": "thank you", "im": "i am",
    "ive": "i have", "ill": "i will", "youre": "you are", "youve": "you have", "youll": "you will",
    "theyre": "they are", "theyve": "they have", "weve": "we have", "thats": "that is",
    "whats": "what is", "wheres": "where is", "whens": "when is", "hows": "how is", "whos": "who is",
    "theres": "there is", "heres": "here is", "its": "it is", "hes": "he is", "shes": "she is",
    "lets": "let us", "dont": "do not", "doesnt": "does not", "didnt": "did not", "cant": "can not",
    "cannot": "can not", "couldnt": "could not", "wont": "will not", "wouldnt": "would not",
    "shouldnt": "should not", "isnt": "is not", "arent": "are not", "wasnt": "was not",
    "werent": "were not", "hasnt": "has not", "havent": "have not", "hadnt": "had not",
    "aint": "is not", "wanna": "want to", "gonna": "going to", "gotta": "got to", "gimme": "give me",
    "lemme": "let me", "dunno": "do not know", "cuz": "because", "bc": "because", "coz": "because",
    "wut": "what", "wat": "what", "wen": "when", "wer": "where", "pw": "password", "pwd": "password",
    "acct": "account", "acc": "account", "msg": "message", "msgs": "messages", "txt": "text",
    "nr": "number", "num": "number", "nvm": "never mind", "asap": "quickly", "info": "information",
    "ok": "okay", "k": "okay", "okey": "okay", "cc": "credit card", "addr": "address",
    "adress": "address", "cancle": "cancel", "recieve": "receive", "recieved": "received",
    "reciept": "receipt", "yall": "you all", "tho": "though",
}  # fmt: skip
_ROMANIAN = {
    "nr": "numar", "numarul": "numar", "cmd": "comanda", "cda": "comanda", "com": "comanda",
    "vrg": "va rog", "pls": "va rog", "plz": "va rog", "tnx": "multumesc", "thx": "multumesc",
    "ms": "mersi", "msi": "mersi", "mrs": "mersi", "merci": "mersi", "multam": "multumesc",
    "pt": "pentru", "ptr": "pentru", "ptru": "pentru", "k": "ca", "sint": "sunt", "dc": "de ce",
    "cf": "ce faci", "nush": "nu stiu", "nustiu": "nu stiu", "tel": "telefon", "dvs": "dumneavoastra",
    "dv": "dumneavoastra", "acm": "acum", "acuma": "acum", "bn": "bine", "f": "foarte", "ff": "foarte",
    "cind": "cand", "pina": "pana", "azi": "astazi", "sal": "salut", "slt": "salut", "ok": "okay",
    "okei": "okay", "oki": "okay", "sapt": "saptamana", "adr": "adresa", "fact": "factura", "c": "ce",
    "sh": "si", "tre": "trebuie", "nui": "nu e", "kre": "care", "kand": "cand",
    "ramburs": "plata ramburs", "vrog": "va rog", "vr": "vreau", "vreu": "vreau",
    "vb": "vorbesc", "nmc": "nimic", "nimik": "nimic", "nus": "nu sunt", "nam": "n am", "nati": "n ati",
    "nau": "n au", "mam": "m am", "mati": "m ati", "miau": "mi au", "mia": "mi a",
    "miati": "mi ati", "lam": "l am", "vam": "v am", "cnd": "cand", "und": "unde", "tb": "trebuie",
    "trb": "trebuie", "cnv": "cineva", "okk": "okay", "oke": "okay", "okie": "okay", "comnda": "comanda",
    "colegu": "colegul", "contu": "contul", "coletu": "coletul", "cardu": "cardul", "bonu": "bonul",
}  # fmt: skip
# In Latin sounds, see `scripts.sound_out`.
_RUSSIAN = {
    "spc": "spasibo", "sps": "spasibo", "pasib": "spasibo", "pasiba": "spasibo", "spasib": "spasibo",
    "spasiba": "spasibo", "plz": "pozhaluista", "pzh": "pozhaluista", "pzhl": "pozhaluista",
    "pzhlst": "pozhaluista", "plis": "pozhaluista", "pliz": "pozhaluista", "pozhalusta": "pozhaluista",
    "pzhlsta": "pozhaluista", "cho": "chto", "che": "chto", "shto": "chto", "sho": "chto",
    "shas": "seichas", "cheta": "chtoto", "chet": "chtoto", "zdraste": "zdravstvuite",
    "zdrasti": "zdravstvuite", "zdrastvuite": "zdravstvuite", "zdrasvuite": "zdravstvuite",
    "zdravstvuite": "zdravstvuite", "zdr": "zdravstvuite", "prv": "privet", "priv": "privet",
    "kd": "kogda", "kada": "kogda", "kagda": "kogda", "ok": "okay", "okei": "okay", "oki": "okay",
    "nt": "net", "neet": "net", "nea": "net", "tel": "telefon", "nomr": "nomer", "nom": "nomer",
    "zakas": "zakaz", "vobshe": "voobshe", "vashe": "voobshe", "vashshe": "voobshe", "imeil": "email",
    "meil": "email", "pochemy": "pochemu", "sevodnia": "segodnia", "kavo": "kogo", "nikada": "nikogda",
}  # fmt: skip
SHORT_FORMS = {"en": _ENGLISH, "ro": _ROMANIAN, "ru": _RUSSIAN, "zh": {}}

# Words that greet by themselves, and those that go with them.
HELLO = {
    "en": {
        "hi", "hello", "hey", "hiya", "heya", "hallo", "helo", "hii", "howdy", "greetings", "yo",
        "dear"
    },
    "ro": {
        "buna", "salut", "salutare", "hei", "hey", "hello", "hi", "alo", "servus", "noroc", "stimate",
        "stimata", "neata"
    },
    "ru": {
        "privet", "zdravstvuite", "zdravstvui", "dobrii", "dobroe", "dobrogo", "hai", "allo", "alo",
        "privetstvuiu", "salut"
    },
    "zh": set(),
}  # fmt: skip
GREETING = {
    "en": HELLO["en"]
    | {
        "morning", "afternoon", "evening", "good", "day", "there", "sir", "madam", "team", "guys",
        "all"
    },
    "ro": HELLO["ro"] | {
        "ziua", "seara", "dimineata", "tuturor", "va", "domnule", "doamna", "echipa", "domnilor"
    },
    "ru": HELLO["ru"] | {
        "den", "vecher", "utro", "vremeni", "sutok", "vsem", "uvazhaemie", "rebiata", "druzia",
        "devushka"
    },
    "zh": set(),
}  # fmt: skip
NOISE = {
    "en": {"um", "uh", "uhm", "umm", "er", "erm", "ah", "eh", "hmm", "hm", "uhh", "ehm"},
    "ro": {"aa", "ah", "eh", "hmm", "hm", "ihm", "pai", "mah", "ma", "bre"},
    "ru": {"a", "nu", "em", "ee", "e", "hmm", "hm", "ai", "oi", "eh", "aa", "blin"},
    "zh": set(),
}  # fmt: skip
