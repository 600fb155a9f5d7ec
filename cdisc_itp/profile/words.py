"""What names of raw columns and values of cells commonly say, in English, Chinese and Japanese.

None of it is the name of a study's column: these are the field's words, and they only ever lead to a guess.
"""

from __future__ import annotations

import re

# Texts that stand for "no value", without regard to case.
MISSING_MARKS = frozenset(
    {
        *(".", "..", "-", "--", "---", "—", "/", "//", "*", "?", "？", "#n/a", "n/a", "n.a.", "na", "nd", "n.d.", "nk"),
        *("uk", "un", "unk", "unknown", "not done", "not available", "not known", "missing", "null", "none", "nil"),
        *("未查", "未做", "未检", "未测", "未知", "不详", "不明", "缺失", "空", "无数据", "未提供", "未記載", "未実施"),
    }
)
YES_NO = frozenset(
    {
        *("yes", "no", "y", "n", "true", "false", "是", "否", "有", "无", "無", "はい", "いいえ", "oui", "non", "ja"),
        "nein",
    }
)

# Words of a header, as `header_words` finds them.
_SUBJECT = {"subject", "subj", "subjid", "usubjid", "patient", "patid", "pat", "participant", "subjectid"}
_SITE = {"site", "siteid", "center", "centre", "hospital", "sitenumber", "invsite"}
_VISIT = {"visit", "visitnum", "visitname", "timepoint", "cycle", "event", "epoch"}
_UNIT = {"unit", "units", "uom", "u"}
_TEST = {"test", "testcd", "testname", "parameter", "param", "paramcd", "analyte", "assay"}
_RESULT = {"result", "value", "res", "orres", "val", "results"}
_DATE = {"date", "dat", "dt", "datetime", "dtc", "dtm", "day", "birth", "birthdate", "dob", "start", "end"}
_SIGNS: dict[str, tuple[set[str], str]] = {
    "subject": (_SUBJECT, "受试者|试验编号|患者编号|病例号|入组号|筛选号|试验号|被験者|症例番号|^(?i:id)$"),
    "site": (_SITE, "中心|医院|研究单位|施設"),
    "visit": (_VISIT, "访视|随访|周次|就诊|時点|来院"),
    "unit": (_UNIT, "单位|单位名称|単位"),
    "test": (_TEST, "检验项目|检查项目|项目|指标|検査"),
    "result": (_RESULT, "结果|检测值|测定值|結果"),
    "date": (_DATE, "日期|时间|年月日|生日|日付|日時"),
}
_RANKED = ("subject", "unit", "visit", "date", "test", "result", "site")

# Words of a header that stand for a person, and those that may stand beside NAME where it is a person's.
_PERSON = {
    **dict.fromkeys(("initials", "initial", "init", "inits"), "initials"),
    **dict.fromkeys(("mrn", "hospitalno", "inpatientno", "chartno", "medicalrecord"), "medical record number"),
    **dict.fromkeys(("phone", "tel", "telephone", "mobile", "cellphone", "cell", "fax", "contactno"), "telephone"),
    **dict.fromkeys(("email", "mail", "wechat"), "e-mail address"),
    **dict.fromkeys(("ssn", "idcard", "passport", "nationalid", "nric", "nhs"), "identity number"),
    **dict.fromkeys(("address", "addr", "street", "postcode", "zipcode", "zip"), "address"),
    **dict.fromkeys(("surname", "firstname", "lastname", "fullname", "forename", "patientname", "subjectname"), "name"),
}
_OF_PERSON = {*_SUBJECT, "first", "last", "full", "family", "given", "middle", "maiden", "person", "pt", "name"}
_PERSON_SIGNS: tuple[tuple[str, str], ...] = (
    ("姓名|氏名|患者名|名字", "name"),
    ("身份证|证件号|身分证|身分證", "identity number"),
    ("住院号|病案号|病历号|门诊号|就诊卡|カルテ", "medical record number"),
    ("电话|手机|联系方式|電話|携帯", "telephone"),
    ("地址|住址|住所", "address"),
    ("邮箱|微信|メール", "e-mail address"),
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def header_words(name: str) -> tuple[str, ...]:
    """The words of a column's name, lower case.

    >>> header_words("SUBJ_NAME"), header_words("VisitDate"), header_words("第1周日期")
    (('subj', 'name'), ('visit', 'date'), ('第', '1', '周日期'))
    """
    parts = re.findall(r"[A-Za-z]+|[0-9]+|[^\x00-\x7f0-9A-Za-z]+", _CAMEL.sub(" ", name))
    return tuple(p.lower() for p in parts)


def header_roles(name: str) -> tuple[str, ...]:
    """What a column's name says it holds, the surest first: subject, unit, visit, date, test, result, site.

    >>> header_roles("VISIT"), header_roles("PLT_U"), header_roles("采样日期"), header_roles("LBDAT")
    (('visit',), ('unit',), ('date',), ('date',))
    """
    words = set(header_words(name))
    found = [r for r in _RANKED if words & _SIGNS[r][0] or re.search(_SIGNS[r][1], name)]
    if "date" not in found and re.search(r"(?i)(?:dat|dtc?|date)$", name):
        found.append("date")
    return tuple(found)


def person_word(name: str) -> str | None:
    """Which direct identifier of a person a column's name says it holds; None where it says none.

    A name is a person's where NAME stands alone or beside words for a person: the name of a test is not.

    >>> [person_word(n) for n in ("SUBJ_NAME", "DRUG_NAME", "身份证号", "ID_CARD_NO", "Initials")]
    ['name', None, 'identity number', 'identity number', 'initials']
    """
    words = header_words(name)
    joined = "".join(words)
    for sign, what in _PERSON_SIGNS:
        if re.search(sign, name):
            return what
    if "name" in words and set(words) <= _OF_PERSON:
        return "name"
    if joined.startswith("idcard"):
        return "identity number"
    return next((_PERSON[w] for w in (*words, joined) if w in _PERSON), None)
