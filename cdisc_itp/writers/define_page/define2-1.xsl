<?xml version="1.0" encoding="UTF-8"?>
<!-- Shows a Define-XML 2.1 (with ARM 1.0) where a tool still applies stylesheets; define.html beside it tells more.
     XSLT 1.0, no script, nothing from elsewhere. Only relative, http, https and mailto addresses become links. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:o="http://www.cdisc.org/ns/odm/v1.3"
  xmlns:def="http://www.cdisc.org/ns/def/v2.1" xmlns:arm="http://www.cdisc.org/ns/arm/v1.0"
  xmlns:xlink="http://www.w3.org/1999/xlink" exclude-result-prefixes="o def arm xlink">
<xsl:output method="html" encoding="UTF-8" doctype-system="about:legacy-compat" indent="no"/>
<xsl:strip-space elements="*"/>
<xsl:preserve-space elements="o:TranslatedText o:FormalExpression arm:Code o:CheckValue def:title"/>

<xsl:key name="item" match="o:ItemDef" use="@OID"/>
<xsl:key name="values" match="def:ValueListDef" use="@OID"/>
<xsl:key name="where" match="def:WhereClauseDef" use="@OID"/>
<xsl:key name="codelist" match="o:CodeList" use="@OID"/>
<xsl:key name="method" match="o:MethodDef" use="@OID"/>
<xsl:key name="comment" match="def:CommentDef" use="@OID"/>
<xsl:key name="leaf" match="def:leaf" use="@ID"/>
<xsl:key name="standard" match="def:Standard" use="@OID"/>
<xsl:key name="dataset" match="o:ItemGroupDef" use="@OID"/>
<xsl:key name="place" match="o:ItemRef" use="@ItemOID"/>
<xsl:key name="home" match="o:ItemGroupDef/o:ItemRef" use="@ItemOID"/>
<xsl:key name="listed" match="o:ItemDef/def:ValueListRef" use="@ValueListOID"/>
<xsl:key name="coded" match="o:ItemDef[o:CodeListRef]" use="o:CodeListRef/@CodeListOID"/>
<xsl:key name="derived" match="o:ItemRef[@MethodOID]" use="@MethodOID"/>
<xsl:key name="noted" match="*[@def:CommentOID]" use="@def:CommentOID"/>

<xsl:template match="/">
<html lang="en">
<head>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title><xsl:value-of select="o:ODM/o:Study/o:GlobalVariables/o:StudyName"/>: data definitions</title>
<style>
:root { color-scheme: light dark; --ink: #1b2430; --soft: #556170; --line: #dde3ea; --paper: #fff; --band: #f5f7fa; --link: #17598f; --bad: #9b1c1c; }
@media (prefers-color-scheme: dark) { :root { --ink: #dce3ea; --soft: #9eabb9; --line: #2f3a45; --paper: #12171c; --band: #1a2128; --link: #8bbcf0; --bad: #f5a3a3; } }
body { margin: 0 auto; padding: 1.5rem 2rem 4rem; max-width: 90rem; background: var(--paper); color: var(--ink); font: 14px/1.45 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; }
a { color: var(--link); } h1 { font-size: 1.75rem; margin: 0 0 .4rem; } h2 { font-size: 1.25rem; margin: 2.4rem 0 .6rem; } h3 { font-size: 1.05rem; margin: 1.8rem 0 .2rem; } h3 span, .s { font-weight: 400; color: var(--soft); }
nav a { margin-right: .8rem; } table { border-collapse: collapse; width: 100%; font-size: 13px; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: break-word; }
.v { table-layout: fixed; min-width: 58rem; } .v th:nth-child(1) { width: 8rem; } .v th:nth-child(2) { width: 17%; } .v th:nth-child(3) { width: 2.6rem; } .v th:nth-child(4) { width: 8rem; } .v th:nth-child(5) { width: 6.4rem; } .v th:nth-child(6) { width: 16%; }
thead th { font-size: 11.5px; color: var(--soft); background: var(--band); font-weight: 400; } .w &gt; * { background: var(--band); } .w th { font-weight: 400; padding-left: 1.4rem; } p, dl { margin: .25rem 0; } .tx { white-space: pre-line; }
pre { background: var(--band); padding: .5rem .7rem; white-space: pre-wrap; overflow-wrap: anywhere; } .dead { color: var(--bad); } .tag { font-size: 11.5px; border: 1px solid var(--line); border-radius: 3px; padding: 0 .4em; color: var(--soft); }
.n { border-left: 3px solid var(--line); padding-left: .8rem; } section.scroll, .scroll { overflow-x: auto; } td p { margin: 0 0 .2rem; }
@page { size: landscape; margin: 12mm; } @media print { thead { display: table-header-group; } tr { break-inside: avoid; } body { padding: 0; max-width: none; } }
</style>
</head>
<body><xsl:apply-templates select="o:ODM/o:Study/o:MetaDataVersion"/></body>
</html>
</xsl:template>

<xsl:template match="o:MetaDataVersion">
<xsl:variable name="g" select="../o:GlobalVariables"/>
<header id="study">
<p class="s">Data definitions<xsl:for-each select="/o:ODM/@def:Context"><xsl:text> · </xsl:text><xsl:value-of select="."/></xsl:for-each></p>
<h1><xsl:value-of select="$g/o:StudyName"/></h1>
<p class="tx"><xsl:value-of select="$g/o:StudyDescription"/></p>
<p>Protocol <b><xsl:value-of select="$g/o:ProtocolName"/></b> · <xsl:value-of select="@Name"/> · Define-XML <xsl:value-of select="@def:DefineVersion"/> · created <xsl:value-of select="/o:ODM/@CreationDateTime"/>
<xsl:for-each select="/o:ODM/@AsOfDateTime"> · as of <xsl:value-of select="."/></xsl:for-each></p>
<p class="s"><xsl:for-each select="/o:ODM/@FileOID | /o:ODM/@Originator | /o:ODM/@SourceSystem | /o:ODM/@SourceSystemVersion | @Description"><xsl:value-of select="name()"/><xsl:text>: </xsl:text><xsl:value-of select="."/><xsl:text> · </xsl:text></xsl:for-each></p>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="@def:CommentOID"/></xsl:call-template>
</header>
<nav aria-label="Contents">
<a href="#standards">Standards</a><a href="#datasets">Datasets</a>
<xsl:if test="arm:AnalysisResultDisplays"><a href="#results">Analysis results</a></xsl:if>
<a href="#codelists">Codelists</a><a href="#methods">Methods</a><a href="#comments">Comments</a><a href="#documents">Documents</a>
</nav>
<main>
<section aria-labelledby="standards"><h2 id="standards">Standards</h2>
<table><thead><tr><th>Standard</th><th>Type</th><th>Version</th><th>Status</th><th>Comment</th></tr></thead><tbody>
<xsl:for-each select="def:Standards/def:Standard"><tr><xsl:call-template name="id"/><th><xsl:value-of select="@Name"/><xsl:text> </xsl:text><xsl:value-of select="@PublishingSet"/></th><td><xsl:value-of select="@Type"/></td><td><xsl:value-of select="@Version"/></td><td><xsl:value-of select="@Status"/></td><td><xsl:call-template name="comment"><xsl:with-param name="oid" select="@def:CommentOID"/></xsl:call-template></td></tr></xsl:for-each>
</tbody></table></section>
<section aria-labelledby="datasets"><h2 id="datasets">Datasets</h2>
<div class="scroll"><table><thead><tr><th>Dataset</th><th>Description</th><th>Class</th><th>Structure</th><th>Purpose</th><th>Keys</th><th>Location</th></tr></thead><tbody>
<xsl:for-each select="o:ItemGroupDef"><tr><th><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:value-of select="@Name"/></a></th><td><xsl:value-of select="o:Description/o:TranslatedText[1]"/></td><td><xsl:for-each select="def:Class"><xsl:value-of select="@Name"/><xsl:for-each select=".//def:SubClass"><br/><span class="s"><xsl:value-of select="@Name"/><xsl:if test="@ParentClass"> (<xsl:value-of select="@ParentClass"/>)</xsl:if></span></xsl:for-each></xsl:for-each></td><td><xsl:value-of select="@def:Structure"/></td><td><xsl:value-of select="@Purpose"/></td><td><xsl:call-template name="keys"/></td><td><xsl:call-template name="file"/></td></tr></xsl:for-each>
</tbody></table></div></section>
<xsl:apply-templates select="o:ItemGroupDef"/>
<xsl:if test="arm:AnalysisResultDisplays"><section aria-labelledby="results"><h2 id="results">Analysis results</h2><xsl:apply-templates select="arm:AnalysisResultDisplays/arm:ResultDisplay"/></section></xsl:if>
<section aria-labelledby="codelists"><h2 id="codelists">Codelists</h2><xsl:apply-templates select="o:CodeList"/></section>
<section aria-labelledby="methods"><h2 id="methods">Methods</h2><table><thead><tr><th>Method</th><th>Type</th><th>Description</th><th>Used by</th></tr></thead><tbody><xsl:apply-templates select="o:MethodDef"/></tbody></table></section>
<section aria-labelledby="comments"><h2 id="comments">Comments</h2><table><thead><tr><th>Comment</th><th>Text</th><th>Used by</th></tr></thead><tbody><xsl:apply-templates select="def:CommentDef"/></tbody></table></section>
<section aria-labelledby="documents"><h2 id="documents">Documents</h2><table><thead><tr><th>Document</th><th>File</th></tr></thead><tbody>
<xsl:for-each select="def:leaf | o:ItemGroupDef/def:leaf"><tr><xsl:call-template name="id"><xsl:with-param name="oid" select="@ID"/></xsl:call-template><th><xsl:call-template name="link"><xsl:with-param name="leaf" select="@ID"/></xsl:call-template><xsl:if test="/o:ODM/o:Study/o:MetaDataVersion/def:AnnotatedCRF/def:DocumentRef/@leafID = @ID"><xsl:text> </xsl:text><span class="tag">annotated CRF</span></xsl:if><xsl:if test="/o:ODM/o:Study/o:MetaDataVersion/def:SupplementalDoc/def:DocumentRef/@leafID = @ID"><xsl:text> </xsl:text><span class="tag">supplemental</span></xsl:if></th><td><code><xsl:value-of select="@xlink:href"/></code></td></tr></xsl:for-each>
</tbody></table></section>
<xsl:variable name="rest" select="o:ItemDef[not(key('place', @OID))]"/>
<xsl:variable name="lists" select="def:ValueListDef[not(key('listed', @OID))]"/>
<xsl:if test="$rest | $lists"><section aria-labelledby="unused"><h2 id="unused">Items that no dataset leads to</h2><table><tbody>
<xsl:for-each select="$rest"><tr><xsl:call-template name="id"/><th><xsl:value-of select="@Name"/></th><xsl:call-template name="item"/></tr></xsl:for-each>
<xsl:apply-templates select="$lists/o:ItemRef" mode="value"/>
</tbody></table></section></xsl:if>
</main>
</xsl:template>

<xsl:template match="o:ItemGroupDef">
<section data-n="{@Name}"><xsl:call-template name="id"/>
<h3><xsl:value-of select="@Name"/><xsl:text> </xsl:text><span><xsl:value-of select="o:Description/o:TranslatedText[1]"/></span></h3>
<xsl:call-template name="more"/>
<p class="s"><xsl:value-of select="def:Class/@Name"/> · <xsl:value-of select="@def:Structure"/> · <xsl:value-of select="@Purpose"/> · domain <xsl:value-of select="@Domain"/> · repeating <xsl:value-of select="@Repeating"/> · reference data <xsl:value-of select="@IsReferenceData"/> · SAS name <xsl:value-of select="@SASDatasetName"/>
<xsl:for-each select="o:Alias"> · <xsl:value-of select="@Context"/>: <xsl:value-of select="@Name"/></xsl:for-each>
<xsl:for-each select="key('standard', @def:StandardOID)"> · <a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:value-of select="@Name"/><xsl:text> </xsl:text><xsl:value-of select="@Version"/></a></xsl:for-each>
<xsl:call-template name="tags"/></p>
<p class="s">Keys <xsl:call-template name="keys"/> · <xsl:call-template name="file"/></p>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="@def:CommentOID"/></xsl:call-template>
<div class="scroll"><table class="v"><thead><tr><th>Variable</th><th>Label</th><th>Key</th><th>Type</th><th>Role</th><th>Terms</th><th>Origin, method, comment</th></tr></thead><tbody>
<xsl:apply-templates select="o:ItemRef" mode="variable"><xsl:sort select="not(@OrderNumber)"/><xsl:sort select="@OrderNumber" data-type="number"/></xsl:apply-templates>
</tbody></table></div></section>
</xsl:template>

<xsl:template match="o:ItemRef" mode="variable">
<xsl:variable name="item" select="key('item', @ItemOID)"/>
<tr><xsl:call-template name="first"/><th><xsl:value-of select="$item/@Name"/><xsl:if test="not($item)"><span class="dead"><xsl:value-of select="@ItemOID"/></span></xsl:if><xsl:if test="$item/@SASFieldName != $item/@Name"><br/><span class="s">SAS <xsl:value-of select="$item/@SASFieldName"/></span></xsl:if></th>
<xsl:call-template name="cells"><xsl:with-param name="item" select="$item"/></xsl:call-template></tr>
<xsl:apply-templates select="key('values', $item/def:ValueListRef/@ValueListOID)/o:ItemRef" mode="value"><xsl:sort select="not(@OrderNumber)"/><xsl:sort select="@OrderNumber" data-type="number"/><xsl:with-param name="again" select="generate-id() != generate-id(key('home', @ItemOID)[1]) or generate-id($item/def:ValueListRef) != generate-id(key('listed', $item/def:ValueListRef/@ValueListOID)[1])"/></xsl:apply-templates>
</xsl:template>

<xsl:template match="o:ItemRef" mode="value">
<xsl:param name="again" select="false()"/>
<tr class="w"><xsl:if test="not($again)"><xsl:call-template name="first"/></xsl:if><th><xsl:for-each select="def:WhereClauseRef"><xsl:if test="position() &gt; 1"><br/><i>or</i><xsl:text> </xsl:text></xsl:if><xsl:call-template name="clause"><xsl:with-param name="oid" select="@WhereClauseOID"/></xsl:call-template></xsl:for-each><xsl:if test="not(def:WhereClauseRef)">always</xsl:if></th>
<xsl:call-template name="cells"><xsl:with-param name="item" select="key('item', @ItemOID)"/></xsl:call-template></tr>
</xsl:template>

<xsl:template name="cells">
<xsl:param name="item"/>
<td><xsl:value-of select="$item/o:Description/o:TranslatedText[1]"/><xsl:for-each select="$item"><xsl:call-template name="more"/><xsl:for-each select="o:Alias"><br/><span class="s"><xsl:value-of select="@Context"/>: <xsl:value-of select="@Name"/></span></xsl:for-each></xsl:for-each>
<xsl:for-each select="key('values', $item/def:ValueListRef/@ValueListOID)/o:Description/o:TranslatedText"><br/><span class="s"><xsl:value-of select="."/></span></xsl:for-each></td>
<td><xsl:value-of select="@KeySequence"/></td>
<td><xsl:call-template name="type"><xsl:with-param name="item" select="$item"/></xsl:call-template></td>
<td><xsl:value-of select="@Role"/><xsl:for-each select="key('codelist', @RoleCodeListOID)"><xsl:text> </xsl:text><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template>terms</a></xsl:for-each><xsl:if test="@Mandatory = 'Yes'"><xsl:text> </xsl:text><span class="s">mandatory</span></xsl:if></td>
<td><xsl:for-each select="$item"><xsl:call-template name="terms"/></xsl:for-each></td>
<td><xsl:call-template name="tags"/><xsl:apply-templates select="$item/def:Origin"/>
<xsl:for-each select="key('method', @MethodOID)"><p><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:value-of select="@Type"/></a><xsl:text> </xsl:text><span class="tx"><xsl:value-of select="o:Description/o:TranslatedText[1]"/></span></p></xsl:for-each>
<xsl:if test="@MethodOID and not(key('method', @MethodOID))"><span class="dead">no method has the OID <xsl:value-of select="@MethodOID"/></span></xsl:if>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="$item/@def:CommentOID"/></xsl:call-template></td>
</xsl:template>

<xsl:template name="item"><td><xsl:value-of select="o:Description/o:TranslatedText[1]"/><xsl:call-template name="more"/></td><td><xsl:call-template name="type"><xsl:with-param name="item" select="."/></xsl:call-template></td><td><xsl:call-template name="terms"/></td><td><xsl:apply-templates select="def:Origin"/><xsl:call-template name="comment"><xsl:with-param name="oid" select="@def:CommentOID"/></xsl:call-template></td></xsl:template>

<xsl:template name="type">
<xsl:param name="item"/>
<xsl:value-of select="$item/@DataType"/><xsl:text> </xsl:text><xsl:value-of select="$item/@Length"/><xsl:if test="$item/@SignificantDigits">.<xsl:value-of select="$item/@SignificantDigits"/></xsl:if><xsl:if test="$item/@def:DisplayFormat">, shown as <xsl:value-of select="$item/@def:DisplayFormat"/></xsl:if>
</xsl:template>

<xsl:template name="terms">
<xsl:variable name="list" select="key('codelist', o:CodeListRef/@CodeListOID)"/>
<xsl:for-each select="$list"><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:value-of select="@Name"/></a></xsl:for-each>
<xsl:if test="o:CodeListRef and not($list)"><span class="dead">no codelist has the OID <xsl:value-of select="o:CodeListRef/@CodeListOID"/></span></xsl:if>
</xsl:template>

<xsl:template match="def:Origin"><p><b><xsl:value-of select="@Type"/></b><xsl:if test="@Source"> · <xsl:value-of select="@Source"/></xsl:if><xsl:for-each select="o:Description/o:TranslatedText"> · <span class="tx"><xsl:value-of select="."/></span></xsl:for-each></p><xsl:apply-templates select="def:DocumentRef"/></xsl:template>

<xsl:template match="def:DocumentRef">
<xsl:variable name="leaf" select="@leafID"/>
<p><xsl:call-template name="link"><xsl:with-param name="leaf" select="$leaf"/></xsl:call-template>
<xsl:for-each select="def:PDFPageRef"><xsl:variable name="page" select="."/>
<xsl:if test="@PageRefs"><xsl:call-template name="pages"><xsl:with-param name="leaf" select="$leaf"/><xsl:with-param name="rest" select="normalize-space(@PageRefs)"/><xsl:with-param name="kind"><xsl:choose><xsl:when test="@Type = 'NamedDestination'">nameddest</xsl:when><xsl:otherwise>page</xsl:otherwise></xsl:choose></xsl:with-param></xsl:call-template></xsl:if>
<xsl:if test="@FirstPage"><xsl:text> </xsl:text><xsl:call-template name="link"><xsl:with-param name="leaf" select="$leaf"/><xsl:with-param name="place" select="concat('#page=', @FirstPage)"/><xsl:with-param name="text" select="concat('pp. ', @FirstPage, '–', @LastPage)"/></xsl:call-template></xsl:if>
<xsl:if test="@Title"> (<xsl:value-of select="@Title"/>)</xsl:if></xsl:for-each></p>
</xsl:template>

<xsl:template name="pages">
<xsl:param name="leaf"/><xsl:param name="rest"/><xsl:param name="kind"/>
<xsl:variable name="one" select="substring-before(concat($rest, ' '), ' ')"/>
<xsl:text> </xsl:text><xsl:call-template name="link"><xsl:with-param name="leaf" select="$leaf"/><xsl:with-param name="place" select="concat('#', $kind, '=', $one)"/><xsl:with-param name="text"><xsl:if test="$kind = 'page'">p. </xsl:if><xsl:value-of select="$one"/></xsl:with-param></xsl:call-template>
<xsl:if test="contains($rest, ' ')"><xsl:call-template name="pages"><xsl:with-param name="leaf" select="$leaf"/><xsl:with-param name="rest" select="substring-after($rest, ' ')"/><xsl:with-param name="kind" select="$kind"/></xsl:call-template></xsl:if>
</xsl:template>

<!-- A link to the file of a leaf, where its address is one that runs nothing; else its text. -->
<xsl:template name="link">
<xsl:param name="leaf"/><xsl:param name="place"/><xsl:param name="text"/>
<xsl:variable name="href" select="string(key('leaf', $leaf)/@xlink:href)"/>
<xsl:variable name="shown"><xsl:choose><xsl:when test="string($text)"><xsl:value-of select="$text"/></xsl:when><xsl:when test="key('leaf', $leaf)/def:title"><xsl:value-of select="key('leaf', $leaf)/def:title"/></xsl:when><xsl:otherwise><xsl:value-of select="$leaf"/></xsl:otherwise></xsl:choose></xsl:variable>
<xsl:call-template name="safe"><xsl:with-param name="href" select="$href"/><xsl:with-param name="place" select="$place"/><xsl:with-param name="text" select="$shown"/></xsl:call-template>
</xsl:template>

<xsl:template name="safe">
<xsl:param name="href"/><xsl:param name="place"/><xsl:param name="text"/>
<xsl:variable name="scheme" select="translate(substring-before(translate($href, '&#9;&#10;&#13;&#32;', ''), ':'), 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"/>
<xsl:choose>
<xsl:when test="$href != '' and (not(contains($href, ':')) or contains($scheme, '/') or contains($scheme, '?') or contains($scheme, '#') or $scheme = 'http' or $scheme = 'https' or $scheme = 'mailto')"><a href="{$href}{$place}"><xsl:value-of select="$text"/></a></xsl:when>
<xsl:otherwise><span class="dead"><xsl:value-of select="$text"/></span></xsl:otherwise>
</xsl:choose>
</xsl:template>

<xsl:template name="clause">
<xsl:param name="oid"/>
<xsl:variable name="clause" select="key('where', $oid)"/>
<xsl:if test="not($clause)"><span class="dead">no where clause has the OID <xsl:value-of select="$oid"/></span></xsl:if>
<xsl:for-each select="$clause/o:RangeCheck">
<xsl:if test="position() &gt; 1"><xsl:text> </xsl:text><i>and</i><xsl:text> </xsl:text></xsl:if>
<xsl:variable name="item" select="key('item', @def:ItemOID)"/>
<xsl:variable name="list" select="key('codelist', $item/o:CodeListRef/@CodeListOID)"/>
<xsl:choose><xsl:when test="$item"><xsl:value-of select="$item/@Name"/></xsl:when><xsl:otherwise><span class="dead"><xsl:value-of select="@def:ItemOID"/></span></xsl:otherwise></xsl:choose>
<xsl:text> </xsl:text>
<xsl:choose><xsl:when test="@Comparator = 'EQ'">=</xsl:when><xsl:when test="@Comparator = 'NE'">≠</xsl:when><xsl:when test="@Comparator = 'LT'">&lt;</xsl:when><xsl:when test="@Comparator = 'LE'">≤</xsl:when><xsl:when test="@Comparator = 'GT'">&gt;</xsl:when><xsl:when test="@Comparator = 'GE'">≥</xsl:when><xsl:when test="@Comparator = 'IN'">in</xsl:when><xsl:when test="@Comparator = 'NOTIN'">not in</xsl:when><xsl:otherwise><xsl:value-of select="@Comparator"/></xsl:otherwise></xsl:choose>
<xsl:text> </xsl:text>
<xsl:for-each select="o:CheckValue"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:variable name="value" select="string(.)"/><b><xsl:value-of select="$value"/></b><xsl:for-each select="$list/o:CodeListItem[@CodedValue = $value]/o:Decode/o:TranslatedText[1]"><xsl:text> </xsl:text><span class="s"><xsl:value-of select="."/></span></xsl:for-each></xsl:for-each>
</xsl:for-each>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="$clause/@def:CommentOID"/></xsl:call-template>
</xsl:template>

<xsl:template name="comment">
<xsl:param name="oid"/>
<xsl:for-each select="key('comment', $oid)"><p class="n"><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template>Comment</a><xsl:text> </xsl:text><span class="tx"><xsl:value-of select="o:Description/o:TranslatedText[1]"/></span></p></xsl:for-each>
<xsl:if test="$oid != '' and not(key('comment', $oid))"><span class="dead">no comment has the OID <xsl:value-of select="$oid"/></span></xsl:if>
</xsl:template>

<xsl:template match="arm:ResultDisplay">
<section data-n="{@Name}"><xsl:call-template name="id"/><h3><xsl:value-of select="@Name"/><xsl:text> </xsl:text><span><xsl:value-of select="o:Description/o:TranslatedText[1]"/></span></h3><xsl:call-template name="more"/><xsl:apply-templates select="def:DocumentRef"/>
<xsl:for-each select="arm:AnalysisResult"><article><xsl:call-template name="id"/><h4><xsl:value-of select="o:Description/o:TranslatedText[1]"/></h4><xsl:call-template name="more"/>
<p>Reason: <xsl:value-of select="@AnalysisReason"/> · purpose: <xsl:value-of select="@AnalysisPurpose"/><xsl:for-each select="key('item', @ParameterOID)"> · parameter: <xsl:value-of select="@Name"/></xsl:for-each></p>
<xsl:for-each select="arm:AnalysisDatasets/arm:AnalysisDataset"><p><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@ItemGroupOID"/></xsl:call-template><xsl:value-of select="key('dataset', @ItemGroupOID)/@Name"/></a><xsl:for-each select="def:WhereClauseRef"><xsl:choose><xsl:when test="position() = 1"> where </xsl:when><xsl:otherwise> or </xsl:otherwise></xsl:choose><xsl:call-template name="clause"><xsl:with-param name="oid" select="@WhereClauseOID"/></xsl:call-template></xsl:for-each><xsl:for-each select="arm:AnalysisVariable"><xsl:choose><xsl:when test="position() = 1">; analysed: </xsl:when><xsl:otherwise>, </xsl:otherwise></xsl:choose><xsl:value-of select="key('item', @ItemOID)/@Name"/></xsl:for-each></p></xsl:for-each>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="arm:AnalysisDatasets/@def:CommentOID"/></xsl:call-template>
<xsl:for-each select="arm:Documentation"><xsl:for-each select="o:Description/o:TranslatedText"><p class="tx"><xsl:value-of select="."/></p></xsl:for-each><xsl:apply-templates select="def:DocumentRef"/></xsl:for-each>
<xsl:for-each select="arm:ProgrammingCode"><p class="s"><xsl:value-of select="@Context"/></p><xsl:for-each select="arm:Code"><pre><xsl:value-of select="."/></pre></xsl:for-each><xsl:apply-templates select="def:DocumentRef"/></xsl:for-each>
</article></xsl:for-each></section>
</xsl:template>

<xsl:template match="o:CodeList">
<section data-n="{@Name}"><xsl:call-template name="id"/><h3><xsl:value-of select="@Name"/><xsl:for-each select="o:Alias"><xsl:text> </xsl:text><code><xsl:value-of select="@Name"/></code></xsl:for-each></h3>
<p class="s"><xsl:value-of select="@DataType"/><xsl:if test="@SASFormatName"> · SAS format <xsl:value-of select="@SASFormatName"/></xsl:if><xsl:for-each select="key('standard', @def:StandardOID)"> · <a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:value-of select="@Name"/><xsl:text> </xsl:text><xsl:value-of select="@PublishingSet"/><xsl:text> </xsl:text><xsl:value-of select="@Version"/></a></xsl:for-each><xsl:call-template name="tags"/></p>
<xsl:for-each select="o:Description/o:TranslatedText"><p class="tx"><xsl:value-of select="."/></p></xsl:for-each>
<xsl:call-template name="comment"><xsl:with-param name="oid" select="@def:CommentOID"/></xsl:call-template>
<xsl:for-each select="o:ExternalCodeList"><p>External dictionary: <b><xsl:value-of select="@Dictionary"/></b> version <xsl:value-of select="@Version"/><xsl:if test="@ref">, <xsl:value-of select="@ref"/></xsl:if><xsl:if test="@href">, <xsl:call-template name="safe"><xsl:with-param name="href" select="@href"/><xsl:with-param name="text" select="@href"/></xsl:call-template></xsl:if></p></xsl:for-each>
<xsl:if test="o:CodeListItem | o:EnumeratedItem"><table><thead><tr><th>Term</th><th>Decode</th><th>NCI code</th><th>Rank</th></tr></thead><tbody>
<xsl:for-each select="o:CodeListItem | o:EnumeratedItem"><tr><th><xsl:value-of select="@CodedValue"/><xsl:if test="@def:ExtendedValue = 'Yes'"><xsl:text> </xsl:text><span class="tag">extended</span></xsl:if><xsl:for-each select="o:Description/o:TranslatedText"><br/><span class="s"><xsl:value-of select="."/></span></xsl:for-each></th><td><xsl:for-each select="o:Decode/o:TranslatedText"><xsl:if test="position() &gt; 1"><br/></xsl:if><xsl:value-of select="."/></xsl:for-each></td><td><xsl:for-each select="o:Alias"><xsl:if test="@Context != 'nci:ExtCodeID'"><xsl:value-of select="@Context"/>: </xsl:if><xsl:value-of select="@Name"/><xsl:text> </xsl:text></xsl:for-each></td><td><xsl:value-of select="@Rank"/></td></tr></xsl:for-each>
</tbody></table></xsl:if>
<p class="by s">Used by <xsl:for-each select="key('coded', @OID)"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:call-template name="user"/></xsl:for-each><xsl:if test="not(key('coded', @OID))">nothing</xsl:if></p>
</section>
</xsl:template>

<xsl:template match="o:MethodDef">
<tr><xsl:call-template name="id"/><th><xsl:value-of select="@Name"/></th><td><xsl:value-of select="@Type"/></td><td><xsl:for-each select="o:Description/o:TranslatedText"><p class="tx"><xsl:value-of select="."/></p></xsl:for-each><xsl:for-each select="o:FormalExpression"><p class="s"><xsl:value-of select="@Context"/></p><pre><xsl:value-of select="."/></pre></xsl:for-each><xsl:apply-templates select="def:DocumentRef"/><xsl:for-each select="o:Alias"><p><xsl:value-of select="@Context"/>: <xsl:value-of select="@Name"/></p></xsl:for-each></td>
<td><xsl:for-each select="key('derived', @OID)"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:for-each select="key('item', @ItemOID)"><xsl:call-template name="user"/></xsl:for-each></xsl:for-each></td></tr>
</xsl:template>

<xsl:template match="def:CommentDef">
<tr><xsl:call-template name="id"/><th><xsl:value-of select="@OID"/></th><td><xsl:for-each select="o:Description/o:TranslatedText"><p class="tx"><xsl:value-of select="."/></p></xsl:for-each><xsl:apply-templates select="def:DocumentRef"/></td><td><xsl:for-each select="key('noted', @OID)"><xsl:if test="position() &gt; 1">, </xsl:if><xsl:choose><xsl:when test="self::o:ItemDef"><xsl:call-template name="user"/></xsl:when><xsl:when test="@Name"><xsl:value-of select="@Name"/></xsl:when><xsl:otherwise><xsl:value-of select="@OID"/></xsl:otherwise></xsl:choose></xsl:for-each></td></tr>
</xsl:template>

<!-- The items that use a definition: dataset and name, with a link to where the item stands first. -->
<xsl:template name="user"><a><xsl:call-template name="to"><xsl:with-param name="oid" select="@OID"/></xsl:call-template><xsl:for-each select="key('home', @OID)[1]"><xsl:value-of select="../@Name"/>.</xsl:for-each><xsl:value-of select="@Name"/></a></xsl:template>

<xsl:template name="tags"><xsl:if test="@def:HasNoData = 'Yes'"><xsl:text> </xsl:text><span class="tag">no data</span></xsl:if><xsl:if test="@def:IsNonStandard = 'Yes'"><xsl:text> </xsl:text><span class="tag">non-standard</span></xsl:if></xsl:template>

<xsl:template name="more"><xsl:for-each select="o:Description/o:TranslatedText[position() &gt; 1]"><p class="tx s"><xsl:value-of select="."/></p></xsl:for-each></xsl:template>

<xsl:template name="keys"><xsl:for-each select="o:ItemRef[@KeySequence]"><xsl:sort select="@KeySequence" data-type="number"/><xsl:if test="position() &gt; 1">, </xsl:if><xsl:value-of select="key('item', @ItemOID)/@Name"/></xsl:for-each></xsl:template>

<xsl:template name="file"><xsl:variable name="leaf"><xsl:choose><xsl:when test="@def:ArchiveLocationID"><xsl:value-of select="@def:ArchiveLocationID"/></xsl:when><xsl:otherwise><xsl:value-of select="def:leaf/@ID"/></xsl:otherwise></xsl:choose></xsl:variable><xsl:if test="string($leaf)"><xsl:call-template name="link"><xsl:with-param name="leaf" select="string($leaf)"/></xsl:call-template></xsl:if></xsl:template>

<!-- Anchors are OIDs; an item that several datasets hold has its anchor where it stands first. -->
<xsl:template name="id"><xsl:param name="oid" select="@OID"/><xsl:if test="$oid != ''"><xsl:attribute name="id"><xsl:value-of select="translate($oid, ' ', '_')"/></xsl:attribute></xsl:if></xsl:template>
<xsl:template name="first"><xsl:if test="generate-id() = generate-id(key('place', @ItemOID)[1]) or (parent::o:ItemGroupDef and generate-id() = generate-id(key('home', @ItemOID)[1]) and not(key('place', @ItemOID)[parent::def:ValueListDef]))"><xsl:attribute name="id"><xsl:value-of select="translate(@ItemOID, ' ', '_')"/></xsl:attribute></xsl:if></xsl:template>
<xsl:template name="to"><xsl:param name="oid"/><xsl:attribute name="href">#<xsl:value-of select="translate($oid, ' ', '_')"/></xsl:attribute></xsl:template>
</xsl:stylesheet>
