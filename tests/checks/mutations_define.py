"""Mutations of define.xml."""

from __future__ import annotations

from .mutation import mutation
from .written import Written

LB_UNITS = '<CodeListRef CodeListOID="CL.UNIT.LB.LBORRESU"/>'
WHERE_ALT = '<RangeCheck Comparator="EQ" SoftHard="Soft" def:ItemOID="IT.LB.LBTESTCD">\n          <CheckValue>ALT<'
SEVERE = '<EnumeratedItem CodedValue="SEVERE">\n          <Alias Context="nci:ExtCodeID" Name="C41340"/>'


@mutation("DEF100")
def invalid_attribute(w: Written) -> None:
    w.define('OID="IT.DM.AGE" Name="AGE"', 'OID="IT.DM.AGE" Nmae="x" Name="AGE"')


@mutation("DEF101", "DEF102")
def codelist_that_is_not_there(w: Written) -> None:
    w.define('<CodeListRef CodeListOID="CL.AESEV"/>', '<CodeListRef CodeListOID="CL.SEVERITY"/>')


@mutation("DEF102")
def comment_that_nothing_uses(w: Written) -> None:
    w.define(
        '<def:leaf ID="LF.csdrg"',
        '<def:CommentDef OID="COM.X"><Description><TranslatedText xml:lang="en">x</TranslatedText></Description>'
        '</def:CommentDef><def:leaf ID="LF.csdrg"',
    )


@mutation("DEF103", "DEF100", "DEF101")
def method_defined_twice(w: Written) -> None:
    w.define('<MethodDef OID="MT.AE.AESEQ"', '<MethodDef OID="MT.AE.AEENDY"')


@mutation("DEF104")
def document_that_is_not_there(w: Written) -> None:
    (w.folder / "csdrg.pdf").unlink()


@mutation("DEF105")
def dataset_linked_to_another_file(w: Written) -> None:
    w.define('xlink:href="ae.xpt"', 'xlink:href="ex.xpt"')


@mutation("DEF106", "DEF100")
def origin_of_another_version(w: Written) -> None:
    w.define(
        'Name="AETERM" DataType="text" Length="19" SASFieldName="AETERM">\n        <Description>\n          '
        '<TranslatedText xml:lang="en">Reported Term for the Adverse Event</TranslatedText>\n        </Description>\n'
        '        <def:Origin Type="Collected"',
        'Name="AETERM" DataType="text" Length="19" SASFieldName="AETERM">\n        <Description>\n          '
        '<TranslatedText xml:lang="en">Reported Term for the Adverse Event</TranslatedText>\n        </Description>\n'
        '        <def:Origin Type="CRF"',
    )


@mutation("DEF107")
def origin_missing(w: Written) -> None:
    text = "Reported Term for the Adverse Event</TranslatedText>\n        </Description>\n"
    w.define(text + '        <def:Origin Type="Collected" Source="Investigator"/>\n', text)


@mutation("DEF108", "DEF102")
def method_missing(w: Written) -> None:
    w.define(' MethodOID="MT.AE.AESTDY"', "")


@mutation("DEF109")
def predecessor_without_name(w: Written) -> None:
    w.define(
        '<def:Origin Type="Predecessor">\n          <Description>\n            <TranslatedText xml:lang="en">DM.ARM<'
        "/TranslatedText>\n          </Description>\n        </def:Origin>",
        '<def:Origin Type="Predecessor"/>',
    )


@mutation("DEF110")
def another_guide(w: Written) -> None:
    w.define('Name="SDTMIG" Type="IG" Version="3.4"', 'Name="SDTMIG" Type="IG" Version="3.3"')


@mutation("DEF110")
def another_release(w: Written) -> None:
    w.define('PublishingSet="SDTM" Version="2025-03-28"', 'PublishingSet="SDTM" Version="2024-03-29"')


@mutation("DEF120", "DEF121")
def dataset_not_described(w: Written) -> None:
    w.define('OID="IG.RELREC" Name="RELREC"', 'OID="IG.RELREC" Name="RELSUB"')


@mutation("DEF121", "DEF104", "REL104")
def dataset_not_there(w: Written) -> None:
    (w.folder / "relrec.xpt").unlink()


@mutation("DEF122")
def variable_not_described(w: Written) -> None:
    w.dataset("AE", lambda d: d.add("AELOC", "Location of Event", ["HEAD"] * 3, at=17))


@mutation("DEF123")
def variable_not_there(w: Written) -> None:
    w.dataset("AE", lambda d: d.drop("AEDUR"))


@mutation("DEF124")
def order_of_the_description(w: Written) -> None:
    w.define('ItemOID="IT.DM.AGE" OrderNumber="15"', 'ItemOID="IT.DM.AGE" OrderNumber="16"')
    w.define('ItemOID="IT.DM.AGEU" OrderNumber="16"', 'ItemOID="IT.DM.AGEU" OrderNumber="15"')


@mutation("DEF125")
def described_dataset_label(w: Written) -> None:
    w.define('<TranslatedText xml:lang="en">Demographics<', '<TranslatedText xml:lang="en">Demography<')


@mutation("DEF126")
def described_variable_label(w: Written) -> None:
    w.define(">Age Units<", ">Unit of Age<")


@mutation("DEF127", "KEY101")
def key_left_out(w: Written) -> None:
    w.define(
        'ItemOID="IT.LB.LBTESTCD" OrderNumber="6" Mandatory="Yes" KeySequence="3"',
        'ItemOID="IT.LB.LBTESTCD" OrderNumber="6" Mandatory="Yes"',
    )


@mutation("DEF128")
def no_data_where_there_are(w: Written) -> None:
    w.define(
        'ItemOID="IT.AE.AEACN" OrderNumber="20" Mandatory="No" Role="Record Qualifier"',
        'ItemOID="IT.AE.AEACN" OrderNumber="20" Mandatory="No" Role="Record Qualifier" def:HasNoData="Yes"',
    )


@mutation("DEF132")
def empty_variable_not_marked(w: Written) -> None:
    ref = 'ItemOID="IT.AE.AELLT" OrderNumber="6" Mandatory="No" Role="Variable Qualifier"'
    w.define(f'{ref} def:HasNoData="Yes"', ref)


@mutation("DEF129")
def mandatory_with_nulls(w: Written) -> None:
    w.define(
        'ItemOID="IT.DM.ARMNRS" OrderNumber="23" Mandatory="No"',
        'ItemOID="IT.DM.ARMNRS" OrderNumber="23" Mandatory="Yes"',
    )


@mutation("DEF130")
def another_class(w: Written) -> None:
    events, leaf = '<def:Class Name="EVENTS"/>', '<def:leaf ID="LF.AE"'
    w.define(f"{events}\n        {leaf}", f"{events.replace('EVENTS', 'FINDINGS')}\n        {leaf}")


@mutation("DEF131")
def not_repeating(w: Written) -> None:
    w.define('Name="AE" Domain="AE" Repeating="Yes"', 'Name="AE" Domain="AE" Repeating="No"')


@mutation("DEF131")
def reference_data_of_subjects(w: Written) -> None:
    w.define(
        'Name="AE" Domain="AE" Repeating="Yes" IsReferenceData="No"',
        'Name="AE" Domain="AE" Repeating="Yes" IsReferenceData="Yes"',
    )


@mutation("DEF140")
def text_described_as_a_number(w: Written) -> None:
    w.define('Name="SUBJID" DataType="text"', 'Name="SUBJID" DataType="integer"')


@mutation("DEF141", "DEF142")
def decimals_in_an_integer(w: Written) -> None:
    w.dataset("DM", lambda d: d.set("AGE", 5.5))


@mutation("DEF141")
def partial_dates_described_as_dates(w: Written) -> None:
    w.define('Name="BRTHDTC" DataType="partialDate"', 'Name="BRTHDTC" DataType="date"')


@mutation("DEF142", "DEF143")
def value_longer_than_described(w: Written) -> None:
    w.define('Name="AETERM" DataType="text" Length="19"', 'Name="AETERM" DataType="text" Length="18"')


@mutation("DEF143")
def length_of_another_file(w: Written) -> None:
    w.define('Name="AETERM" DataType="text" Length="19"', 'Name="AETERM" DataType="text" Length="20"')


@mutation("DEF144")
def more_decimals_than_described(w: Written) -> None:
    w.define(
        'OID="IT.LB.LBSTRESN" Name="LBSTRESN" DataType="float" Length="4" SignificantDigits="1"',
        'OID="IT.LB.LBSTRESN" Name="LBSTRESN" DataType="float" Length="4" SignificantDigits="0"',
    )


@mutation("DEF146")
def type_of_odm(w: Written) -> None:
    w.define('Name="AETERM" DataType="text"', 'Name="AETERM" DataType="string"')


@mutation("DEF145")
def length_missing(w: Written) -> None:
    w.define('Name="AETERM" DataType="text" Length="19"', 'Name="AETERM" DataType="text"')


@mutation("DEF150")
def term_not_described(w: Written) -> None:
    w.define(SEVERE + "\n        </EnumeratedItem>\n", "")


@mutation("DEF151")
def code_of_another_term(w: Written) -> None:
    w.define(SEVERE, SEVERE.replace("C41340", "C41338"))


@mutation("DEF152")
def extension_of_a_complete_codelist(w: Written) -> None:
    w.define(SEVERE, '<EnumeratedItem CodedValue="HARD" def:ExtendedValue="Yes"/>\n' + SEVERE)


@mutation("DEF152")
def extension_not_marked(w: Written) -> None:
    w.define(
        '<EnumeratedItem CodedValue="TABLET">',
        '<EnumeratedItem CodedValue="SPOON"/>\n<EnumeratedItem CodedValue="TABLET">',
    )


@mutation("DEF153")
def published_term_marked(w: Written) -> None:
    w.define('<EnumeratedItem CodedValue="TABLET">', '<EnumeratedItem CodedValue="TABLET" def:ExtendedValue="Yes">')


@mutation("DEF154", "DEF151")
def another_codelist(w: Written) -> None:
    w.define(
        '<Alias Context="nci:ExtCodeID" Name="C66726"/>\n      </CodeList>',
        '<Alias Context="nci:ExtCodeID" Name="C66734"/>\n      </CodeList>',
    )


@mutation("DEF155", "DEF102")
def codelist_missing(w: Written) -> None:
    w.define('<CodeListRef CodeListOID="CL.AESEV"/>', "")


@mutation("DEF160", "DEF102")
def value_without_item(w: Written) -> None:
    w.define(
        '<ItemRef ItemOID="IT.LB.LBORRES.LBTESTCD.ALT" OrderNumber="1" Mandatory="No">\n'
        '          <def:WhereClauseRef WhereClauseOID="WC.LB.LBTESTCD.ALT"/>\n        </ItemRef>\n',
        "",
    )


@mutation("DEF161", "DEF164", "DEF165", "DEF166")
def clauses_that_overlap(w: Written) -> None:
    w.define(WHERE_ALT, WHERE_ALT.replace('"EQ"', '"NE"').replace(">ALT<", ">BILI<"))


@mutation("DEF162")
def clause_of_a_variable_that_is_none(w: Written) -> None:
    w.define(WHERE_ALT, WHERE_ALT.replace("IT.LB.LBTESTCD", "IT.AE.AETERM"))


@mutation("DEF163", "DEF160")
def clause_that_selects_nothing(w: Written) -> None:
    w.define(WHERE_ALT, WHERE_ALT.replace(">ALT<", ">AST<"))


@mutation("DEF164")
def text_in_an_item_of_numbers(w: Written) -> None:
    w.define(
        'OID="IT.LB.LBORRES.LBTESTCD.ALT" Name="LBORRES" DataType="float" Length="4" SignificantDigits="1"',
        'OID="IT.LB.LBORRES.LBTESTCD.ALT" Name="LBORRES" DataType="integer" Length="4"',
    )


@mutation("DEF165")
def item_of_shorter_values(w: Written) -> None:
    w.define(
        'OID="IT.LB.LBORRES.LBTESTCD.PLAT" Name="LBORRES" DataType="text" Length="6"',
        'OID="IT.LB.LBORRES.LBTESTCD.PLAT" Name="LBORRES" DataType="text" Length="5"',
    )


@mutation("DEF166", "DEF102")
def unit_that_the_item_lacks(w: Written) -> None:
    item = (
        'Name="LBORRESU" DataType="text" Length="6">\n        <Description>\n          <TranslatedText xml:lang="en">'
        "Platelets</TranslatedText>\n        </Description>\n        <CodeListRef CodeListOID="
    )
    w.define(f'{item}"CL.UNIT.LB.LBORRESU.LBTESTCD.PLAT"/>', f'{item}"CL.UNIT.LB.LBSTRESU.LBTESTCD.PLAT"/>')
