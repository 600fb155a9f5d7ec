"use strict";
(() => {
const $ = (s, e) => (e || document).querySelector(s), all = (s, e) => [...(e || document).querySelectorAll(s)];
const make = (tag, text, more) => Object.assign(document.createElement(tag), { textContent: text || "" }, more || {});
const q = $("#q"), found = $("#found"), said = $("#said"), set = $("#filters");
const FILTERS = { d: "Derived", c: "Collected", n: "No data", m: "Has comment", k: "Keys", s: "Non-standard", a: "Changed" };
$("#seek").hidden = false;
if (matchMedia("(max-width: 1000px)").matches) $(".menu").open = false;
const plain = e => e ? e.textContent.replace(/\s+/g, " ").trim() : "";
const where = row => all(".wc", row.cells[1]).map(c => { const d = c.cloneNode(true); all(".soft, .cm, .tag", d).forEach(s => s.remove()); return plain(d).replace(/ ([,)])/g, "$1"); }).join(" or ");
const bare = e => { const d = e.cloneNode(true); all(".tools, .tag, .fold", d).forEach(s => s.remove()); return plain(d); };
const cite = e => {
const home = e.closest("[data-n]"), name = home ? home.dataset.n : "";
if (e.matches(".v tr")) {
const head = e.parentNode.rows[0].cells[0].querySelector("a"), variable = (name ? name + "." : "") + plain(head);
return e.classList.contains("w") ? variable + " where " + where(e) : variable;
}
return e.matches("tr") ? bare(e.cells[0]) : name || bare($("h2, h3, h4", e) || e);
};
let index = null;
const kinds = [[".v tr[id]", "Variable"], ["section.cl", "Codelist"], ["#methods tr[id]", "Method"], ["#comments tr[id]", "Comment"], ["#documents tr[id]", "Document"], ["#standards tr[id]", "Standard"], ["section.ds", "Dataset"], ["article[id]", "Analysis result"], ["section.cl tbody tr", "Term"], ["#unused p[id]", "Where clause"]];
const entries = () => index || (index = kinds.flatMap(([s, kind]) => all(s).map(e => {
const row = e.matches("tr"), section = e.matches("section"), term = kind === "Term";
const name = term ? bare(e.cells[0]) : e.matches("article") ? bare($("h4", e)) : cite(e);
const more = term ? plain(e.cells[1]) + " · " + e.closest("[data-n]").dataset.n : row ? plain(e.cells[1]) : section ? plain($("h3 span", e)) : e.matches("article") ? bare($("h3", e.parentNode)) : plain(e).slice(0, 160);
const body = (name + " " + (row || !section ? plain(e) : more) + " " + (e.id || "")).toLowerCase();
return { kind: e.matches("#results section") ? "Display" : e.classList.contains("w") ? "Value level" : kind, name, more: more.slice(0, 120), body, low: name.toLowerCase(), at: (term ? e.closest("[id]") : e).id, e };
})));
const look = text => {
const words = text.toLowerCase().split(/\s+/).filter(Boolean), whole = words.join(" ");
if (!words.length) return [];
const rank = x => (x.low === whole || x.low.endsWith("." + whole) ? 0 : x.low.startsWith(whole) ? 1 : x.low.includes(whole) ? 2 : 3) + (x.kind === "Value level" ? .5 : 0);
return entries().filter(x => words.every(w => x.body.includes(w))).map((x, i) => [rank(x), i, x]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(x => x[2]);
};
let hits = [], at = -1;
const pick = n => {
at = n;
all("li", found).forEach((li, i) => { li.setAttribute("aria-selected", i === n); if (i === n) li.scrollIntoView({ block: "nearest" }); });
if (n >= 0) q.setAttribute("aria-activedescendant", "hit" + n); else q.removeAttribute("aria-activedescendant");
};
const show = () => {
hits = look(q.value);
found.replaceChildren(...hits.slice(0, 50).map((h, i) => { const li = make("li", h.name, { id: "hit" + i }); li.setAttribute("role", "option"); li.append(make("span", h.kind + (h.more ? " · " + h.more : ""))); li.addEventListener("mousedown", ev => { ev.preventDefault(); go(i); }); return li; }));
found.hidden = !hits.length; q.setAttribute("aria-expanded", String(!!hits.length));
said.textContent = q.value.trim() ? hits.length + (hits.length === 1 ? " result" : " results") + (hits.length > 50 ? ", the first 50 shown" : "") : "";
pick(hits.length ? 0 : -1);
};
const shut = () => { found.hidden = true; q.setAttribute("aria-expanded", "false"); q.removeAttribute("aria-activedescendant"); };
const reveal = e => { const fold = e.closest(".shut"); if (fold) flip(fold, false); e.closest(".out") && e.closest(".out").classList.remove("out"); };
const go = i => {
const h = hits[i]; if (!h) return;
shut(); reveal(h.e); remember(h.at); location.hash = "#" + encodeURIComponent(h.at);
h.e.scrollIntoView({ block: "start" });
const focus = h.e.querySelector("a[href]"); if (focus) focus.focus({ preventScroll: true });
};
const remember = hash => {
const p = new URLSearchParams(), on = all("input:checked", set).map(i => i.value).join("");
if (q.value.trim()) p.set("q", q.value.trim());
if (on) p.set("show", on);
const text = p.toString(), target = hash === undefined ? location.hash : "";
try { history.replaceState(null, "", location.pathname + (text ? "?" + text : "") + target); } catch (e) { said.title = "the address keeps no state here"; }
};
const sift = () => {
const on = all("input:checked", set).map(i => i.value);
all(".v").forEach(table => {
all("tbody", table).forEach(body => {
const rows = [...body.rows], fit = rows.map(r => on.every(f => r.classList.contains(f)));
rows.forEach((r, i) => r.classList.toggle("out", on.length > 0 && !fit[i] && !(i === 0 && fit.includes(true))));
body.classList.toggle("out", on.length > 0 && !fit.includes(true));
});
const section = table.closest("section.ds");
if (section) section.classList.toggle("out", on.length > 0 && !all("tbody:not(.out)", table).length);
});
if (on.length) said.textContent = all(".v tbody:not(.out) > tr:not(.w)").length + " variables shown";
else if (!q.value.trim()) said.textContent = "";
};
Object.entries(FILTERS).forEach(([key, text]) => {
if (!$(".v tr." + key)) return;
const label = make("label"), box = make("input", "", { type: "checkbox", value: key });
box.addEventListener("change", () => { sift(); remember(); });
label.append(box, text); set.append(label);
});
if (!$("input", set)) set.hidden = true;
const flip = (body, closed) => {
body.classList.toggle("shut", closed);
const b = $(".fold", body); b.setAttribute("aria-expanded", String(!closed));
b.textContent = (closed ? "Show " : "Hide ") + (body.rows.length - 1);
};
all("tbody.has").forEach(body => {
const b = make("button", "Hide " + (body.rows.length - 1), { type: "button", className: "fold" });
b.setAttribute("aria-expanded", "true");
b.setAttribute("aria-label", "Value level of " + plain($("a", body.rows[0].cells[0])));
b.addEventListener("click", () => flip(body, !body.classList.contains("shut")));
body.rows[0].cells[0].append(b);
});
const tools = make("span", "", { className: "tools" });
const copy = (text, b, was) => { const done = ok => { b.textContent = ok ? "Copied" : text; setTimeout(() => { b.textContent = was; }, 1600); }; if (navigator.clipboard) navigator.clipboard.writeText(text).then(() => done(true), () => done(false)); else done(false); };
const button = (text, what) => { const b = make("button", text, { type: "button" }); b.addEventListener("click", () => copy(what(b.closest("[id]:not(h3):not(h4)")), b, text)); return b; };
tools.append(button("Copy link", e => location.href.split(/[?#]/)[0] + "#" + encodeURIComponent(e.id)), button("Copy citation", cite));
const offer = ev => {
const e = ev.target.closest && ev.target.closest("tr[id], section.ds > h3, section.cl > h3, article > h4");
if (!e || e.contains(tools)) return;
(e.matches("tr") ? e.cells[0] : e).append(tools);
};
document.addEventListener("focusin", offer);
document.addEventListener("click", offer);
q.addEventListener("input", () => { show(); remember(); });
q.addEventListener("focus", () => { if (q.value.trim() && found.hidden) show(); });
q.addEventListener("blur", shut);
q.addEventListener("keydown", e => {
if (e.key === "ArrowDown" || e.key === "ArrowUp") { e.preventDefault(); const n = Math.min(hits.length, 50); if (n) pick((at + (e.key === "ArrowDown" ? 1 : n - 1)) % n); }
else if (e.key === "Enter") { e.preventDefault(); go(at); }
else if (e.key === "Escape") { e.preventDefault(); if (found.hidden) { q.value = ""; show(); remember(); q.blur(); } else shut(); }
});
document.addEventListener("keydown", e => {
if (e.key === "/" && !e.ctrlKey && !e.metaKey && !e.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(e.target.tagName)) { e.preventDefault(); q.focus(); q.select(); }
});
const arrive = () => { let id = location.hash.slice(1); try { id = decodeURIComponent(id); } catch (e) { return; } const e = id && document.getElementById(id); if (e) reveal(e); };
addEventListener("hashchange", arrive);
const state = new URLSearchParams(location.search);
all("input", set).forEach(i => { i.checked = (state.get("show") || "").includes(i.value); });
if (state.get("show")) sift();
if (state.get("q")) { q.value = state.get("q"); show(); if (document.activeElement !== q) shut(); }
arrive();
})();
