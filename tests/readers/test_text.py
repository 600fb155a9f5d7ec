from __future__ import annotations

import pytest

from cdisc_itp.model.issue import ReadError
from cdisc_itp.readers.problems import Problems
from cdisc_itp.readers.text import LIKELY, SURE, DecodedText, decode_text, detect_encoding

CHINESE = "试验编号,项目,结果,备注\n01001,血小板计数,标本凝块,患者于2022年7月复查，结果正常\n" * 5
JAPANESE = "被験者番号,検査名,備考\n001,ヘモグロビン,男性の結果は正常でした。\n" * 5
KOREAN = "대상자번호,성별,비고\n001,남자,환자는 7월에 재검사를 시행하였으며 혈소판 수치는 정상이었다\n" * 5
TAIWANESE = "受試者編號,項目,備註\n001,血小板計數,病人於2022年7月複查，結果正常，無出血\n" * 5
FRENCH = "Sujet;Unité;Commentaire\n1;µmol/L;élevée à 37 °C, déjà traité\n2;g/L;hémoglobine contrôlée\n" * 5


def decode(data: bytes, declared: str | None = None, limit: int = 50) -> DecodedText:
    problems = Problems("lab.csv", limit)
    text = decode_text(data, declared, problems)
    problems.raise_any()
    assert text is not None
    return text


def refused(data: bytes, declared: str | None = None, limit: int = 50) -> list[str]:
    with pytest.raises(ReadError) as caught:
        decode(data, declared, limit)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "codec", "expected"),
    [
        ("SUBJID,AGE\n1,50\n", "ascii", "utf-8"),
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8"),
        (CHINESE, "utf-16", "utf-16-le"),
        (CHINESE, "gbk", "gb18030"),
        (CHINESE + "𠮷野\n", "gb18030", "gb18030"),
        (JAPANESE, "utf-8", "utf-8"),
        (JAPANESE, "cp932", "cp932"),
        (JAPANESE, "euc_jp", "euc_jp"),
        (KOREAN, "euc_kr", "cp949"),
        (KOREAN + "똠\n", "cp949", "cp949"),
        (TAIWANESE, "big5", "big5"),
        (TAIWANESE, "gb18030", "gb18030"),
        (FRENCH, "cp1252", "cp1252"),
    ],
)
def test_encoding_is_detected(text: str, codec: str, expected: str) -> None:
    found = decode(text.encode(codec))
    assert found.detected.value == expected
    assert found.utf8.decode() == text
    assert found.detected.confidence >= LIKELY


def test_big_endian_utf_16_is_known_by_its_mark() -> None:
    found = decode(b"\xfe\xff" + CHINESE.encode("utf-16-be"))
    assert (found.detected.value, found.utf8.decode()) == ("utf-16-be", CHINESE)


@pytest.mark.parametrize("text", ["SEX\n男\n", "UNIT\nµg\n"])
def test_too_little_evidence_is_refused(text: str) -> None:
    codec = "cp1252" if "µ" in text else "gb18030"
    (message,) = refused(text.encode(codec))
    assert message.startswith(f"lab.csv: READ003 the encoding cannot be told: {codec} is a guess with confidence 0.")
    assert message.endswith(" - declare `encoding`")
    assert decode(text.encode(codec), codec).utf8.decode() == text


def test_a_guess_below_certainty_is_noted() -> None:
    data = "SEX\n男\n女\n男\n".encode("gbk")
    confidence = detect_encoding(data).confidence
    assert LIKELY <= confidence < SURE
    assert decode(data).notes == (f"encoding gb18030 is a guess with confidence {confidence}: declare `encoding`",)
    assert decode(CHINESE.encode("gbk")).notes == ()


@pytest.mark.parametrize("name", ["GBK", "gb2312", "cp936", "gb18030", " GB18030 "])
def test_declared_names_of_chinese_encodings(name: str) -> None:
    found = decode(CHINESE.encode("gbk"), name)
    assert found.utf8.decode() == CHINESE
    assert found.detected.confidence == 1.0


@pytest.mark.parametrize(("name", "codec"), [("shift_jis", "shift_jis"), ("sjis", "shift_jis"), ("cp932", "cp932")])
def test_declared_names_of_japanese_encodings(name: str, codec: str) -> None:
    assert decode(JAPANESE.encode(codec), name).utf8.decode() == JAPANESE


def test_an_undecodable_byte_is_located_in_bytes_and_lines() -> None:
    data = "SUBJID,项目\r\n001,血小板".encode("gbk") + b"\xff\r\n002,PLT\x80\r\n"
    assert refused(data, "gbk") == [
        "lab.csv row 2: READ002 bytes FF at offset 23 are no gbk text",
        "lab.csv row 3: READ002 bytes 80 at offset 33 are no gbk text",
    ]
    assert data[23] == 0xFF and data[33] == 0x80


def test_a_character_outside_the_declared_encoding_is_told_with_the_likely_one() -> None:
    data = (CHINESE + "𠮷野\n").encode("gb18030")
    (first, *_) = refused(data, "gbk")
    assert "row 11: READ002 bytes 95 at offset" in first
    assert first.endswith("are no gbk text - the bytes look like gb18030")


def test_damaged_utf_8_is_still_utf_8() -> None:
    data = CHINESE.encode() + b"\xe8\xa1\n" + CHINESE.encode()
    at = len(CHINESE.encode())
    assert refused(data) == [f"lab.csv row 11: READ002 bytes E8 A1 at offset {at} are no utf-8 text"]


def test_utf_16_cut_in_a_character_is_located() -> None:
    data = "A\n男\n".encode("utf-16-le")[:-1]
    assert refused(b"\xff\xfe" + data) == ["lab.csv row 2: READ002 bytes 0A at offset 8 are no utf-16-le text"]


def test_undecodable_bytes_beyond_the_limit_are_counted() -> None:
    assert refused(b"A\n" + b"\xff\xfe\xfd\xfc\n" + b"\xff\n" * 5, "ascii", limit=2) == [
        "lab.csv row 2: READ002 bytes FF at offset 2 are no ascii text",
        "lab.csv row 2: READ002 bytes FE at offset 3 are no ascii text",
        "lab.csv: READ019 7 more problems are not shown",
    ]


@pytest.mark.parametrize(
    ("data", "declared", "message"),
    [
        (b"A\n", "gkb", "READ006 'gkb' is no encoding known here - did you mean 'gbk'?"),
        (b"\xef\xbb\xbfA\n", "gbk", "READ003 declared gbk, but the file starts with the byte order mark of utf-8 - "),
        (b"A\n", "utf-16", "READ003 utf-16 without byte order mark - declare utf-16-le or utf-16-be"),
    ],
)
def test_wrong_declarations(data: bytes, declared: str, message: str) -> None:
    assert message in refused(data, declared)[0]


def test_a_declared_encoding_that_is_probably_utf_8_is_noted() -> None:
    assert decode("É\n".encode(), "cp1252").notes == ("declared cp1252, but the bytes are valid UTF-8",)
    assert decode(CHINESE.encode("gbk"), "gbk").notes == ()


def test_a_replacement_character_in_the_export_is_noted() -> None:
    assert decode("A\nx\ufffd\n\ufffd\n".encode()).notes == (
        "replacement character U+FFFD 2 times, first in row 2: text was lost before this export",
    )


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Пациент,Результат\nтромбоциты,норма\n"),
        ("koi8-r", "Пациент,Результат\nтромбоциты,норма\n"),
        ("cp1253", "Ασθενής,Φύλο\nάνδρας,χαμηλά αιμοπετάλια\n"),
        ("cp1250", "Pacjent,Płeć,Uwagi\n1,mężczyzna,płytki krwi obniżone, gorączka\n"),
        ("cp1254", "Hasta,Açıklama\n1,trombosit sayısı düşük, halsizlik ve baş ağrısı\n"),
    ],
)
def test_an_encoding_that_is_no_candidate_is_refused(codec: str, text: str) -> None:
    (message,) = refused((text * 20).encode(codec))
    assert "READ003 the encoding cannot be told" in message


def test_a_one_byte_encoding_is_never_sure() -> None:
    found = decode((FRENCH * 50).encode("cp1252"))
    assert LIKELY <= found.detected.confidence < SURE
    assert found.notes[0].endswith(": declare `encoding`")


@pytest.mark.parametrize(
    ("declared", "text", "character", "larger"),
    [
        ("gbk", CHINESE, "𠮷", "gb18030"),
        ("euc-kr", KOREAN, "똠", "cp949"),
        ("shift_jis", JAPANESE, "①", "cp932"),
        ("big5", TAIWANESE, "裏", "cp950"),
        ("ascii", "A,B\n", "é", "utf-8"),
    ],
)
def test_the_larger_encoding_is_told(declared: str, text: str, character: str, larger: str) -> None:
    (first, *_) = refused((text + character + "\n").encode(larger), declared)
    assert first.endswith(f" - the bytes look like {larger}")
    assert decode((text + character).encode(larger), larger).utf8.decode() == text + character


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gbk", CHINESE), ("big5", TAIWANESE), ("euc-kr", KOREAN), ("euc-jp", JAPANESE), ("shift_jis", JAPANESE),
        ("utf-16", KOREAN), ("utf-16-le", CHINESE), ("windows-1252", FRENCH), ("latin-1", "Müdigkeit; größer\n"),
        ("windows-1250", "mężczyzna"), ("iso-8859-2", "płytki"), ("windows-1251", "норма"), ("koi8-r", "норма"),
        ("windows-1253", "άνδρας"), ("windows-1254", "şikayeti"),
    ],
)  # fmt: skip
def test_a_declared_encoding_is_read_as_declared(codec: str, text: str) -> None:
    assert decode(text.encode(codec), codec).utf8.decode() == text
