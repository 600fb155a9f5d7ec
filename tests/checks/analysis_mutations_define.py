"""Mutations of define.xml of analysis datasets and of its analysis results."""

from __future__ import annotations

from .analysis_written import define, define_after, mutate

ADSL_CLASS = '<def:Class Name="SUBJECT LEVEL ANALYSIS DATASET"/>'
DERIVED = '<def:Origin Type="Derived" Source="Sponsor"/>'
WHERE = '<def:WhereClauseDef OID="WC.ADLB.PARAMCD.ALT">'
NOBODY = (
    '<def:WhereClauseDef OID="WC.X"><RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.ADLB.PARAMCD">'
    "<CheckValue>ZZ</CheckValue></RangeCheck></def:WhereClauseDef>"
)
DOCUMENTATION = """<arm:Documentation>
            <Description><TranslatedText xml:lang="en">The mean.</TranslatedText></Description>
          </arm:Documentation>"""

mutate("ADM101", "another guide", define('Name="ADaMIG" Type="IG"', 'Name="SDTMIG" Type="IG"'))
mutate("ADM102", "class of SDTM", define(ADSL_CLASS, '<def:Class Name="EVENTS"/>'), also="ADM103")
mutate("ADM103", "class of another", define(ADSL_CLASS, '<def:Class Name="BASIC DATA STRUCTURE"/>'), also="ADN102")
mutate("ADM104", "from nowhere", define(">DM.SEX<", ">DM.GENDER<"))
mutate("ADM105", "not what it was copied from", define(">DM.SEX<", ">DM.AGEU<"))
mutate(
    "ADM106",
    "collected",
    define_after('<ItemDef OID="IT.ADSL.AGEGR1"', DERIVED, '<def:Origin Type="Collected" Source="Investigator"/>'),
)
mutate("ADM107", "no value level", define('<def:ValueListRef ValueListOID="VL.ADRS.AVAL"/>', ""), also="DEF102")
mutate("ADM108", "codes without codelist", define('<CodeListRef CodeListOID="CL.PARAMCD_ADRS"/>', ""), also="DEF102")
mutate(
    "ADM109",
    "decoded otherwise",
    define_after('<CodeListItem CodedValue="RSPVIS"', ">Response by Visit<", ">Response<"),
)
mutate(
    "ADM110",
    "no format",
    define(
        'OID="IT.ADRS.ADT" Name="ADT" DataType="integer" Length="5" SASFieldName="ADT" def:DisplayFormat="DATE9."',
        'OID="IT.ADRS.ADT" Name="ADT" DataType="integer" Length="5" SASFieldName="ADT"',
    ),
)
mutate("ADM111", "no terminology", define('PublishingSet="ADaM"', 'PublishingSet="SDTM"'))
mutate(
    "ADM112",
    "another key",
    define(
        'ItemOID="IT.ADSL.SITEID" OrderNumber="4" Mandatory="No"',
        'ItemOID="IT.ADSL.SITEID" OrderNumber="4" Mandatory="No" KeySequence="3"',
    ),
)

RESULT = '<arm:AnalysisResult OID="AR.1" ParameterOID="IT.ADLB.PARAMCD"'
VARIABLE = '<arm:AnalysisVariable ItemOID="IT.ADLB.CHG"/>'
DISPLAY = '<arm:ResultDisplay OID="RD.1" Name="Table 1">'
EMPTY = (
    '<arm:ResultDisplay OID="RD.0" Name="{}"><Description><TranslatedText xml:lang="en">x</TranslatedText>'
    "</Description></arm:ResultDisplay>"
)
mutate("ADM121", "display of nothing", define(DISPLAY, EMPTY.format("Table 0") + DISPLAY), also="DEF100")
mutate("ADM122", "two tables 1", define(DISPLAY, EMPTY.format("Table 1") + DISPLAY), also="ADM121 DEF100")
mutate("ADM123", "variable of another dataset", define(VARIABLE, '<arm:AnalysisVariable ItemOID="IT.ADRS.AVAL"/>'))
mutate(
    "ADM124",
    "nobody",
    define_after("<arm:AnalysisDatasets>", "WC.ADLB.PARAMCD.ALT", "WC.X"),
    define(WHERE, NOBODY + WHERE),
)
mutate("ADM125", "another parameter", define(RESULT, RESULT.replace("IT.ADLB.PARAMCD", "IT.ADLB.AVISIT")))
mutate("ADM126", "nothing analysed", define(VARIABLE, ""))
mutate("ADM127", "reason of its own", define('AnalysisReason="SPECIFIED IN SAP"', 'AnalysisReason="CURIOSITY"'))
mutate("ADM128", "unexplained", define(DOCUMENTATION, ""))
