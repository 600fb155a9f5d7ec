"""How much a text decoded by a candidate encoding looks like text of its language, 0 to 1.

Most two-byte encodings decode each other's bytes without an error, so what counts is whether the characters are
those that people use. The measures are kept simple so that they can be explained; what stays unclear is declared.
"""

from __future__ import annotations

import io
import itertools
import re
from collections import Counter
from collections.abc import Callable

SAMPLE = 1024 * 1024
SINGLE_BYTE = 0.75
"""No guess of a one-byte encoding is surer than this: nearly all bytes have a meaning in nearly all of them."""
# Among the most frequent characters of Chinese text (two in three of any text are), and of hospital exports.
CHINESE = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多然于心学"
    "么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头经长儿回位分爱老因很"
    "给名法间斯知世什两次使身者被高已亲其进此话常与活正感见明问力理尔点文几定本公特做外孩相西果走将月十实向声车全信重三机"
    "工物气每并别真打太新比才便夫再书部水像眼等体却加电主界门利海受听表德少克代员许先口由死安写性马光白或住难望教命花结乐"
    "色更拉东神记处让母父应直字场平报友关放至张认接告入笑内英军候民岁往何度山觉路带万男边风解叫任金快原吃变通师立象数四失"
    "满战远格士音轻目条呢病达深完今提求清王化空业思切怎非找片罗钱南语元喜曾离飞科言干流欢约各即指合反题必该论交终林请医晚"
    "制球决传画保读运及则房早院量苦火布品近坐产答星精视五连司巴奇管类未朋且婚台夜青北队久乎越观落尽形影红爸百令周识步希亚"
    "术留市半热送兴造谈容极随演收首根讲整式取照办强石古华诊查检验编号项目结标血板细胞药剂疗症状痛热肝肾功胆尿蛋酶钠钾钙糖"
    "脂随访视试受组筛选率低升降异示阴阳出凝块瘀点斑紫癜鼻牙龈口腔皮肤黏膜脏颅感染炎咳嗽腹泻恶吐头晕乏泼尼松环孢素他莫司那"
    "唑丙静脉输注射片粒毫克升单服停止续调整备轻中重度级良好转缓持已愈亡退署录初复单否"
    "骨髓穿刺断脾切除胰输红浆洗涤碱磷谷丙草转氨肌酐总胆固醇甘油酯密抗核自免疫球蛋白激素丹达血清浓稀脱敏知署访末次剂每晚餐空腹原"
)
# Among the most frequent syllables of Korean text, and of hospital exports.
KOREAN = frozenset(
    "이다의는에을가고하지한로사기도를은대어자서리스시아인정있나해들과그수부제전장일으여라보구원상만주동비성신조경적공화게국세"
    "소우안면관오행방거연분문반유물불회개각모생중진산계위당선바발트마요내니단체차간때학금통없말재험환검번호결혈판질병약치료증"
    "투양음남녀날짜년월명코드값단위결출완전후치감염역응급심폐간신뇌피부약물작용심각도등급경중증관련있음없음했였었습"
)
WESTERN = frozenset("éèàçùâêîôûëïüöäßñáíóúãõåæøœÉÈÀÇÊÔÖÄÜÑÁÓÚÅÆØŒµ°²³±·×–—‘’“”…€£§ªº«»¿¡½¼™®©\xa0")


def take_sample(data: bytes) -> bytes:
    """The first lines with bytes beyond ASCII, about a mebibyte; no character of a candidate holds a line feed."""
    lines = itertools.islice((line for line in io.BytesIO(data) if not line.isascii()), 5000)
    return b"".join(lines)[:SAMPLE]


def score_sample(sample: bytes) -> dict[str, float]:
    """Score of each candidate; what is clearly Korean, Japanese or traditional Chinese is not simplified Chinese."""
    scores = {codec: score(sample) for codec, score in SCORES.items()}
    for other in ("cp949", "big5", "euc_jp"):
        scores["gb18030"] *= 1 - scores[other]
    return scores


def _counted(sample: bytes, codec: str) -> tuple[Counter[str], float]:
    """Characters beyond ASCII, and how intact the text is: from 1 down to 0 where one in eight has no meaning."""
    counts = Counter(c for c in sample.decode(codec, "replace") if c > "\x7f")
    broken = counts.pop("\ufffd", 0)
    return counts, max(0.0, 1 - 8 * broken / max(1, broken + counts.total()))


def _share(counts: Counter[str], weight: Callable[[str], float]) -> float:
    """Mean weight of the characters."""
    return sum(weight(c) * n for c, n in counts.items()) / max(1, counts.total())


def _score_utf8(sample: bytes) -> float:
    """Share of whole characters; UTF-8 hardly ever fits by chance (only reached where some bytes do not)."""
    counts = Counter(c for c in sample.decode("utf-8", "replace") if c > "\x7f")
    share = 1 - counts["\ufffd"] / max(1, counts.total())
    return share if share > 0.5 else 0.0


def _score_gb18030(sample: bytes) -> float:
    counts, intact = _counted(sample, "gb18030")
    han = Counter({c: n for c, n in counts.items() if c >= "\u3400"})
    common = _share(han, lambda c: float(c in CHINESE or len(c.encode("gb18030")) == 4)) if han else 1.0
    return _share(counts, _gb_weight) * intact * (0.5 + 0.5 * min(1.0, common / 0.35))


def _gb_weight(c: str) -> float:
    """GB 2312 level 1 (rows 16-55) holds the common characters, level 2 the rarer ones, rows 1-9 symbols.

    Four bytes follow a pattern that no other encoding has: they count fully. Kana (rows 4, 5) are not Chinese.
    """
    try:
        row = c.encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return 1.0 if len(c.encode("gb18030")) == 4 else 0.05
    return 0.1 if row in (4, 5) else 1.0 if row <= 3 or 16 <= row <= 55 else 0.6


def _score_big5(sample: bytes) -> float:
    """Common characters, of which a good part has a second byte below 0x7F, as GB 2312 and EUC never have.

    A few different characters are no evidence: in a Western text, too, a sign and the letter after it (µg) are one.
    """
    counts, intact = _counted(sample, "big5")
    bytes_of = {c: c.encode("big5") for c in counts}
    low = _share(counts, lambda c: float(bytes_of[c][0] <= 0xC6 and bytes_of[c][-1] < 0x7F))
    varied = min(1.0, len(counts) / 8)
    return varied * min(1.0, low / 0.15) * _share(counts, lambda c: 1.0 if bytes_of[c][0] <= 0xC6 else 0.1) * intact


def _score_cp949(sample: bytes) -> float:
    """Hangul and hardly a Chinese character, many of its syllables among the most frequent."""
    counts, intact = _counted(sample, "cp949")
    letters = Counter({c: n for c, n in counts.items() if "\u3400" <= c <= "\ud7a3"})
    hangul = Counter({c: n for c, n in letters.items() if c >= "\uac00"})
    pure = max(0.0, (hangul.total() / max(1, letters.total()) - 0.8) / 0.2)
    return pure * min(1.0, _share(hangul, lambda c: float(c in KOREAN)) / 0.35) * intact


def _score_cp932(sample: bytes) -> float:
    counts, intact = _counted(sample, "cp932")
    return _share(counts, _japanese_weight) * intact


def _japanese_weight(c: str) -> float:
    """Kana, punctuation and JIS X 0208 level 1 kanji are common; half-width kana are what other encodings fake."""
    if "\uff61" <= c <= "\uff9f":
        return 0.1
    try:
        lead = c.encode("shift_jis")[0]
    except UnicodeEncodeError:
        return 0.05
    return 1.0 if lead <= 0x97 else 0.5


def _score_euc_jp(sample: bytes) -> float:
    """Kana, in which Japanese text abounds and Chinese and Korean text are wanting."""
    counts, intact = _counted(sample, "euc_jp")
    kana = _share(counts, lambda c: float("\u3040" <= c <= "\u30ff"))
    return min(1.0, kana / 0.15) * _share(counts, _japanese_weight) * intact


def _score_cp1252(sample: bytes) -> float:
    """Western text has its letters beyond ASCII alone: the longer a run of them, the less likely."""
    text = sample.decode("cp1252", "replace")
    runs = list(re.finditer(r"[^\x00-\x7f]+", text))
    weights = [_western_weight(text, run) * len(run[0]) for run in runs]
    return SINGLE_BYTE * sum(weights) / max(1, sum(len(run[0]) for run in runs))


def _western_weight(text: str, run: re.Match[str]) -> float:
    """A sign that is no letter does not stand inside a word; a rare letter is a letter of another code page."""
    found = run[0]
    around = text[max(0, run.start() - 1) : run.start()], text[run.end() : run.end() + 1]
    if "\ufffd" in found or any("\x80" <= c <= "\x9f" for c in found):
        return 0.0
    if not found.isalpha() and all(c.isalpha() for c in around) and all(around):
        return 0.0
    common = 1.0 if all(c in WESTERN for c in found) else 0.3
    return common * {1: 1.0, 2: 0.15}.get(len(found), 0.0)


SCORES: dict[str, Callable[[bytes], float]] = {
    "utf-8": _score_utf8,
    "gb18030": _score_gb18030,
    "big5": _score_big5,
    "cp949": _score_cp949,
    "cp932": _score_cp932,
    "euc_jp": _score_euc_jp,
    "cp1252": _score_cp1252,
}
