"""Classes and slots of the CDISC Analysis Results Standard 1.0 as facts: names, types, what is required.

From the published logical model (https://www.cdisc.org/ars/1-0; LinkML, JSON): "*" after a type is a list, "!" after a
slot says that it is required. Only what the writer makes is here; a class has no other slots.
"""

from __future__ import annotations

from typing import Any

NAMED = "name! str; description str; label str"
PLACED = "level! int; order! int"
WHERE = "condition WhereClauseCondition"
CLASSES = {
    "ReportingEvent": f"{NAMED}; id! str; version int; mainListOfContents! ListOfContents; otherListsOfContents "
    "ListOfContents*; referenceDocuments ReferenceDocument*; terminologyExtensions TerminologyExtension*; "
    "analysisOutputCategorizations any*; analysisSets AnalysisSet*; analysisGroupings SubjectGroupingFactor*; "
    "dataSubsets DataSubset*; dataGroupings DataGroupingFactor*; globalDisplaySections any*; methods AnalysisMethod*; "
    "analyses Analysis*; outputs Output*",
    "ListOfContents": f"{NAMED}; contentsList! NestedList",
    "NestedList": "listItems OrderedListItem*",
    "OrderedListItem": f"{NAMED}; {PLACED}; analysisId str; outputId str; sublist NestedList",
    "TerminologyExtension": "id! str; enumeration enumeration; sponsorTerms! SponsorTerm*",
    "SponsorTerm": "id! str; submissionValue! str; description str",
    "AnalysisSet": f"{NAMED}; id! str; {PLACED}; {WHERE}; compoundExpression CompoundSetExpression",
    "CompoundSetExpression": "logicalOperator! operator; whereClauses ReferencedAnalysisSet*",
    "ReferencedAnalysisSet": f"subClauseId! str; {PLACED}",
    "DataSubset": f"{NAMED}; id! str; {PLACED}; {WHERE}; compoundExpression CompoundSubsetExpression",
    "CompoundSubsetExpression": "logicalOperator! operator; whereClauses WhereClause*",
    "WhereClause": f"{PLACED}; {WHERE}; compoundExpression CompoundSubsetExpression",
    "WhereClauseCondition": "dataset str; variable str; comparator comparator; value str*",
    "SubjectGroupingFactor": f"{NAMED}; id! str; groupingDataset str; groupingVariable str; dataDriven! bool; groups "
    "Group*",
    "DataGroupingFactor": f"{NAMED}; id! str; groupingDataset str; groupingVariable str; dataDriven! bool; "
    "groups Group*",
    "Group": f"{NAMED}; id! str; {PLACED}; {WHERE}; compoundExpression any",
    "AnalysisMethod": f"{NAMED}; id! str; documentRefs any*; operations! Operation*; codeTemplate any",
    "Operation": f"{NAMED}; id! str; order! int; referencedOperationRelationships any*; resultPattern str",
    "Analysis": f"{NAMED}; id! str; version int; reason! Term; purpose! Term; documentRefs any*; categoryIds str*; "
    "analysisSetId str; dataset str; variable str; dataSubsetId str; orderedGroupings OrderedGroupingFactor*; "
    "methodId! str; referencedAnalysisOperations any*; programmingCode any; results OperationResult*",
    "Term": "controlledTerm str; sponsorTermId str",
    "OrderedGroupingFactor": "order! int; groupingId! str; resultsByGroup! bool",
    "OperationResult": "operationId! str; resultGroups ResultGroup*; rawValue str; formattedValue str",
    "ResultGroup": "groupingId! str; groupId str; groupValue str",
    "Output": f"{NAMED}; id! str; version int; fileSpecifications OutputFile*; displays! OrderedDisplay*; categoryIds "
    "str*; documentRefs any*; programmingCode any",
    "OutputFile": f"{NAMED}; fileType Term; location str; style str",
    "OrderedDisplay": "order! int; display! OutputDisplay",
    "OutputDisplay": f"{NAMED}; id! str; version int; displayTitle str; displaySections DisplaySection*",
    "DisplaySection": "sectionType section; orderedSubSections OrderedSubSection*",
    "OrderedSubSection": "order! int; subSection! DisplaySubSection",
    "DisplaySubSection": "id! str; text! str",
    "ReferenceDocument": f"{NAMED}; id! str; location str",
}
LISTS = {
    "comparator": ["EQ", "NE", "GT", "GE", "LT", "LE", "IN", "NOTIN"],
    "operator": ["AND", "OR", "NOT"],
    "enumeration": ["AnalysisReasonEnum", "AnalysisPurposeEnum", "OperationRoleEnum", "OutputFileTypeEnum"],
    "section": ["Header", "Title", "Rowlabel Header", "Legend", "Abbreviation", "Footnote", "Footer"],
}
PLAIN = {"str": {"type": "string"}, "int": {"type": "integer"}, "bool": {"type": "boolean"}, "any": {}}


def schema() -> dict[str, Any]:
    """The facts as JSON Schema: no slot but these, and every one of its type."""
    made = {name: _class(text) for name, text in CLASSES.items()}
    lists = {name: {"enum": values} for name, values in LISTS.items()}
    return {"$ref": "#/$defs/ReportingEvent", "$defs": {**made, **lists}}


def _class(text: str) -> dict[str, Any]:
    slots = [slot.split() for slot in text.split(";")]
    return {
        "type": "object",
        "additionalProperties": False,
        "required": [name[:-1] for name, _ in slots if name.endswith("!")],
        "properties": {name.rstrip("!"): _type(kind) for name, kind in slots},
    }


def _type(kind: str) -> dict[str, Any]:
    single = kind.rstrip("*")
    one: dict[str, Any] = PLAIN.get(single, {"$ref": f"#/$defs/{single}"})
    return {"type": "array", "items": one, "minItems": 1} if kind.endswith("*") else one
