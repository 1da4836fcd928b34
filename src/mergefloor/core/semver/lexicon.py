"""Words that can turn an instruction round: what a number is to a limit, "never" is to a rule.

English first; the commonest words of other languages that prompts are written in. A word that is missing here makes a
change "other wording", which still needs 50 cases to pass as a patch.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Weight: TypeAlias = Literal["number", "negation", "modal", "unit", "language"]

_NUMBERS = """
zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion dozen half third quarter
twice thrice once double triple single couple pair first second last both all any every each exactly least maximum
minimum max min fewer several infinite unlimited alle jeder jede jedes keine tous toutes chaque todos todas cada
eins zwei drei vier zehn deux trois quatre cinq dix dos tres cuatro cinco diez
"""
_NEGATIONS = """
not no never none nothing nobody nowhere neither nor without except excepting excluding exclude unless only avoid refuse
forbid forbidden prohibit prohibited disallow disallowed refrain omit skip ignore stop cannot cant dont wont instead
hardly rarely seldom
nicht kein keine keinen keinem keiner nie niemals ohne nur ausser außer weder noch pas jamais aucun aucune sans sauf
seulement nunca nada ningún ninguna sin salvo excepto solamente não nem sem apenas somente exceto nessuno mai senza
soltanto tranne niet geen nooit zonder alleen
"""
_MODALS = """
must may might should shall can could would will ought need needs needed required require requires mandatory optional
optionally always sometimes often usually typically generally strictly allowed permitted recommended preferably prefer
if until
muss müssen darf dürfen soll sollen sollte kann können immer doit doivent peut peuvent toujours debe deben puede pueden
siempre deve devem pode podem sempre
"""
_UNITS = """
ms sec second minute hour day week month quarter year decade century pm utc gmt cet
mm cm km inch foot feet mile yard mg kg gram kilogram ton tonne ounce pound lb oz ml liter litre gallon
kb mb gb tb kib mib gib byte token character char word sentence paragraph line page bullet item column row digit
decimal percent percentage degree celsius fahrenheit kelvin euro eur dollar usd cent gbp yen jpy chf yuan cny rupee
inr metric imperial
"""
_LANGUAGES = """
english german french spanish italian portuguese dutch danish swedish norwegian finnish icelandic polish czech slovak
hungarian romanian bulgarian croatian serbian slovene slovenian bosnian albanian greek turkish russian ukrainian
belarusian estonian latvian lithuanian irish welsh scottish gaelic basque catalan galician maltese latin esperanto arabic
hebrew persian farsi urdu hindi bengali punjabi gujarati marathi tamil telugu kannada malayalam sinhala nepali thai lao
khmer burmese vietnamese indonesian malay tagalog filipino chinese mandarin cantonese japanese korean mongolian kazakh
uzbek georgian armenian azerbaijani swahili amharic hausa yoruba zulu xhosa afrikaans somali american british
deutsch englisch französisch spanisch italienisch français anglais allemand español inglés português italiano
json yaml xml html csv tsv markdown latex toml sql python javascript typescript java rust golang php ruby kotlin bash
"""
WORDS: dict[str, Weight] = {
    **dict.fromkeys(_NUMBERS.split(), "number"),
    **dict.fromkeys(_UNITS.split(), "unit"),
    **dict.fromkeys(_LANGUAGES.split(), "language"),
    **dict.fromkeys(_MODALS.split(), "modal"),
    **dict.fromkeys(_NEGATIONS.split(), "negation"),
}
SIGNS: dict[str, Weight] = {
    **dict.fromkeys("%‰€$£¥₹°", "unit"),
    **dict.fromkeys("≤≥±", "number"),
    **dict.fromkeys("不没沒無无非未勿别", "negation"),
}
_OPPOSITES = """
include/exclude accept/reject allow/deny allow/forbid more/less more/fewer many/few high/low higher/lower
increase/decrease long/short longer/shorter detailed/brief detailed/concise verbose/concise formal/casual first/last
start/end begin/end above/below over/under inside/outside add/remove keep/remove keep/drop show/hide true/false
yes/no on/off enable/disable positive/negative strict/lenient strict/loose simple/complex simple/technical
public/private internal/external early/late best/worst good/bad better/worse right/wrong correct/incorrect
ascending/descending oldest/newest smallest/largest old/new singular/plural active/passive uppercase/lowercase
before/after input/output question/answer user/assistant with/without and/or
fast/slow faster/slower quick/slow quickly/slowly
"""
OPPOSITES = frozenset(frozenset(pair.split("/")) for pair in _OPPOSITES.split())
_PREFIXES = ("un", "in", "im", "ir", "il", "non", "non-", "dis", "mis", "anti", "anti-", "de")
_SUFFIXES = (("ful", "less"), ("less", "ful"))
_NUMBER = re.compile(r"[+-]?\d[\d.,:/_-]*(?:st|nd|rd|th)?")
_LOCALE = re.compile(r"[a-z]{2}-[a-z]{2}")


def weight(word: str) -> Weight | None:
    """What kind of weighty word a casefolded token is; None for all others."""
    if word in WORDS or word in SIGNS:
        return WORDS.get(word) or SIGNS[word]
    if _NUMBER.match(word):
        return "number"
    if word.endswith(("n't", "n’t")):
        return "negation"
    if word.endswith("s") and WORDS.get(word[:-1]) in ("unit", "number"):
        return WORDS[word[:-1]]
    return "language" if _LOCALE.fullmatch(word) else None


def opposite(one: str, other: str) -> bool:
    """Whether two casefolded words say the contrary: known pairs, and prefixes like `in-` in `informal`."""
    if frozenset((one, other)) in OPPOSITES:
        return True
    short, long = sorted((one, other), key=len)
    if any(long == prefix + short for prefix in _PREFIXES):
        return True
    return any(
        one.endswith(a) and other.endswith(b) and one[: -len(a)] == other[: -len(b)] for a, b in _SUFFIXES
    )
