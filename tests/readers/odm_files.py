"""Small ODM files, written by the rules of ODM 1.3.2."""

from __future__ import annotations

from functools import cache
from importlib import metadata
from pathlib import Path

from lxml import etree

from cdisc_itp.model.column import decoded
from cdisc_itp.model.issue import ReadError
from cdisc_itp.model.raw import RawTable, TableOptions
from cdisc_itp.readers.limits import LIMITS, Limits
from cdisc_itp.readers.odm import raw_table_from_odm

ODM13 = "http://www.cdisc.org/ns/odm/v1.3"
DEFINITIONS = """
<Study OID="S.1">
  <GlobalVariables>
    <StudyName>One</StudyName><StudyDescription>One</StudyDescription><ProtocolName>P1</ProtocolName>
  </GlobalVariables>
  <BasicDefinitions>
    <MeasurementUnit OID="MU.KG" Name="Kilogramm">
      <Symbol><TranslatedText xml:lang="de">Kilo</TranslatedText>
        <TranslatedText xml:lang="en">kg</TranslatedText></Symbol>
    </MeasurementUnit>
  </BasicDefinitions>
  <MetaDataVersion OID="V.1" Name="Version 1">
    <ItemGroupDef OID="IG.MH" Name="Medical history" Repeating="Yes">
      <ItemRef ItemOID="MH.ONGOING" OrderNumber="2" Mandatory="No"/>
      <ItemRef ItemOID="MH.TERM" OrderNumber="1" Mandatory="Yes"/>
      <ItemRef ItemOID="MH.SEVERITY" OrderNumber="3" Mandatory="No"/>
    </ItemGroupDef>
    <ItemGroupDef OID="IG.VS" Name="Vital signs" Repeating="No">
      <ItemRef ItemOID="VS.WEIGHT" Mandatory="No"/>
    </ItemGroupDef>
    <ItemDef OID="MH.TERM" Name="TERM" DataType="text">
      <Question>
        <TranslatedText xml:lang="de">Diagnose?</TranslatedText>
        <TranslatedText xml:lang="en-GB">Diagnosis?</TranslatedText>
      </Question>
    </ItemDef>
    <ItemDef OID="MH.ONGOING" Name="Ongoing" DataType="text"><CodeListRef CodeListOID="CL.NY"/></ItemDef>
    <ItemDef OID="MH.SEVERITY" Name="Severity" DataType="text"><CodeListRef CodeListOID="CL.SEV"/></ItemDef>
    <ItemDef OID="VS.WEIGHT" Name="Weight" DataType="float">
      <Description><TranslatedText xml:lang="en">Body weight</TranslatedText></Description>
      <MeasurementUnitRef MeasurementUnitOID="MU.KG"/>
    </ItemDef>
    <CodeList OID="CL.NY" Name="No Yes" DataType="text">
      <CodeListItem CodedValue="N"><Decode><TranslatedText xml:lang="ja">いいえ</TranslatedText></Decode></CodeListItem>
      <CodeListItem CodedValue="Y">
        <Decode><TranslatedText xml:lang="ja">はい</TranslatedText>
        <TranslatedText xml:lang="en">Yes</TranslatedText></Decode>
      </CodeListItem>
    </CodeList>
    <CodeList OID="CL.SEV" Name="Severity" DataType="text"><EnumeratedItem CodedValue="MILD"/></CodeList>
  </MetaDataVersion>
</Study>"""


def document(
    body: str, file_type: str = "Snapshot", more: str = "", namespace: str = ODM13, encoding: str = "UTF-8"
) -> str:
    """An ODM file; ``more`` are further attributes of its root."""
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>\n'
        f'<ODM xmlns="{namespace}" {more} ODMVersion="1.3.2" FileType="{file_type}" FileOID="F.1"'
        f' CreationDateTime="2024-05-01T09:00:00">{body}\n</ODM>\n'
    )


def clinical(groups: str, subject: str = "001", event: str = 'StudyEventOID="SE.1"', form: str = "F.1") -> str:
    """ClinicalData with the item groups of one form of one subject."""
    return f"""
<ClinicalData StudyOID="S.1" MetaDataVersionOID="V.1">
<SubjectData SubjectKey="{subject}">
<SiteRef LocationOID="L.7"/>
<StudyEventData {event}>
<FormData FormOID="{form}">
{groups}
</FormData>
</StudyEventData>
</SubjectData>
</ClinicalData>"""


def group(items: str, repeat: str | None = None, transaction: str | None = None, oid: str = "IG.MH") -> str:
    """An ItemGroupData on a line of its own."""
    key = f' ItemGroupRepeatKey="{repeat}"' if repeat is not None else ""
    kind = f' TransactionType="{transaction}"' if transaction else ""
    return f'<ItemGroupData ItemGroupOID="{oid}"{key}{kind}>{items}</ItemGroupData>\n'


def item(oid: str, value: str, attributes: str = "") -> str:
    return f'<ItemData ItemOID="{oid}" Value="{value}" {attributes}/>'


def write(folder: Path, text: str | bytes, name: str = "odm.xml") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read(path: Path, item_group: str | None = "IG.MH", limits: Limits = LIMITS, **options: object) -> RawTable:
    return raw_table_from_odm(path, TableOptions(file=path.name, item_group=item_group, **options), limits)  # type: ignore[arg-type]


def problems(path: Path, item_group: str | None = "IG.MH", limits: Limits = LIMITS, **options: object) -> list[str]:
    try:
        read(path, item_group, limits, **options)
    except ReadError as error:
        return [str(problem) for problem in error.problems]
    return []


def column(table: RawTable, name: str) -> list[str | None]:
    return decoded(table.frame[name].array).tolist()


def records(table: RawTable, *names: str) -> list[tuple[str | None, ...]]:
    return list(zip(*(column(table, name) for name in names), strict=True))


@cache
def schema() -> etree.XMLSchema:
    """The publisher's schema of ODM 1.3.2, as odmlib carries it."""
    place = metadata.distribution("odmlib").locate_file("odmlib/schemas/odm/1.3.2/ODM1-3-2.xsd")
    return etree.XMLSchema(etree.parse(str(place)))


def assert_valid(path: Path) -> None:
    schema().assertValid(etree.parse(str(path)))
