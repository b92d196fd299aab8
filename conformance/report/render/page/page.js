"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const WIDTH = 11; // numbers of a case, in the order of the fields below
const [CHANGE, VERSION, SIDE, CHECK, PARAMETERS, VERDICT, REASON, MS, EVIDENCE, WAIVER, COUNTS] = Array(WIDTH).keys();
const BEFORE = data.sides.indexOf("before");
const BAD = new Set(["fail", "not-implemented"]);
const $ = (id) => document.getElementById(id);
const esc = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const breakable = (name) => esc(name.replace(/\+/g, "\u200b+")); // a long version breaks before its suffix
const text = (place) => data.texts[place];
const verdict = (index) => data.verdicts[index];
const number = (amount, noun) => `${amount} ${noun}${amount === 1 ? "" : "s"}`;
const state = { report: 0, verdicts: new Set(), version: "", noun: "", kind: "", profile: "", text: "", group: "" };
const CHOICES = ["version", "noun", "kind", "profile"]; // filters that are chosen from a list
const NAMES = [...CHOICES, "text", "group"]; // of the state, as the address has them
const filtering = () => Boolean(state.verdicts.size || state.text || CHOICES.some((name) => state[name]));
data.changes.forEach((change, index) => { change.place = index; });

/* A report's cases as cells: for each change, side and version the places of its cases, found once per report. */
function cellsOf(report) {
  if (report.cells) return report.cells;
  const cells = new Map();
  const all = report.cases;
  for (let at = 0; at < all.length; at += WIDTH) {
    const legacy = all[at + SIDE] === BEFORE ? 1 : 0;
    const key = (all[at + CHANGE] * 2 + legacy) * 4096 + all[at + VERSION];
    let cell = cells.get(key);
    if (!cell) cells.set(key, (cell = { change: all[at + CHANGE], legacy, version: all[at + VERSION], worst: -1, amount: 0, cases: [], seen: 0, waived: true, counts: false }));
    const found = all[at + VERDICT];
    if (found > cell.worst) { cell.worst = found; cell.amount = 0; }
    if (found === cell.worst) cell.amount += 1;
    if (BAD.has(verdict(found).name) && all[at + WAIVER] < 0) cell.waived = false;
    if (all[at + COUNTS]) cell.counts = true;
    cell.seen |= 1 << found;
    cell.cases.push(at);
  }
  report.rows = [new Map(), new Map()];
  for (const cell of cells.values()) {
    const rows = report.rows[cell.legacy];
    if (!rows.has(cell.change)) rows.set(cell.change, new Map());
    rows.get(cell.change).set(cell.version, cell);
  }
  return (report.cells = cells);
}
const current = () => data.reports[state.report];
const keyOf = (report, at) => {
  const all = report.cases, parameters = text(all[at + PARAMETERS]);
  return `${text(all[at + CHECK])}${parameters ? `[${parameters}]` : ""}@${report.versions[all[at + VERSION]]}`;
};
const heading = (group) => ({ general: "General statements", reference: "Reference" })[group] || (/^\d/.test(group) ? `Changed by API ${group}` : group[0].toUpperCase() + group.slice(1));
const groupOf = (change) => (state.group === "noun" && change.noun) || change.id.split("/")[0];
const shortName = (change) => (state.group === "noun" ? change.id : change.id.split("/").slice(1).join("/") || change.id);
const quote = (word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'"'"'`)}'`);
function rerun(report, at) {
  const words = ["docker-conformance", "run", ...report.target, "--api", report.versions[report.cases[at + VERSION]]];
  if (report.image) words.push("--image", report.image);
  if (report.cases[at + SIDE] === BEFORE) words.push("--strict-legacy");
  const key = keyOf(report, at);
  // a name that was cut for this page would name no case
  words.push(...(key.includes("…") ? ["--change", data.changes[report.cases[at + CHANGE]].id] : ["--case", key]));
  return words.map(quote).join(" ");
}

/* The address: what is shown, so that it can be sent to somebody. */
function address(cell) {
  const parts = new URLSearchParams();
  if (state.report) parts.set("report", state.report);
  if (state.verdicts.size) parts.set("verdict", [...state.verdicts].join(","));
  for (const name of NAMES) if (state[name]) parts.set(name, state[name]);
  if (cell) parts.set("cell", `${data.changes[cell.change].id}@${current().versions[cell.version]}`);
  if (cell && cell.legacy) parts.set("side", "before");
  return `#${parts}`.replace(/%2F/g, "/").replace(/%40/g, "@").replace(/%2C/g, ",");
}
function follow() {
  const parts = new URLSearchParams(location.hash.slice(1));
  const known = ["report", "verdict", "cell", ...NAMES].some((name) => parts.has(name));
  if (!known) { if ($("cell").open) $("cell").close(); return; }
  const before = address(null);
  const asked = Number(parts.get("report") || 0);
  state.report = Number.isInteger(asked) && data.reports[asked] ? asked : 0;
  const names = new Set(data.verdicts.map((one) => one.name));
  state.verdicts = new Set((parts.get("verdict") || "").split(",").filter((name) => names.has(name)));
  for (const name of NAMES) state[name] = parts.get(name) || "";
  if (address(null) !== before) show(); // else the cell that was left would lose the focus
  const cell = find(parts.get("cell") || "", parts.get("side") === "before");
  if (cell) open(cell); else if ($("cell").open) $("cell").close();
}
function find(name, legacy) {
  const [id, version] = [name.slice(0, name.lastIndexOf("@")), name.slice(name.lastIndexOf("@") + 1)];
  const report = current(), change = data.changes.findIndex((one) => one.id === id), place = report.versions.indexOf(version);
  cellsOf(report);
  const row = (side) => report.rows[side].get(change)?.get(place);
  return change < 0 || place < 0 ? null : row(legacy ? 1 : 0) || row(legacy ? 0 : 1) || null;
}

/* Which statements a filter leaves, and which of their rows. */
function chosen(change) {
  if (state.noun && change.noun !== state.noun) return false;
  if (state.kind && !current().kinds[state.kind]?.includes(change.place)) return false;
  if (state.profile) {
    const { includes, excludes, operations } = data.profiles[state.profile] || {};
    if (includes && !includes.includes(change.profile)) return false;
    if (excludes?.includes(change.profile)) return false;
    if (operations && !change.endpoints?.some((endpoint) => operations.includes(endpoint))) return false;
  }
  if (state.text) {
    const hay = [change.id, change.says, change.before, change.after, change.profile, change.kind, ...(change.endpoints || [])].join("\n").toLowerCase();
    if (!state.text.toLowerCase().split(/\s+/).every((word) => hay.includes(word))) return false;
  }
  return true;
}
function kept(row, change) {
  if (!chosen(change)) return false;
  if (!state.verdicts.size && !state.version) return true;
  let mask = 0;
  for (const name of state.verdicts) mask |= 1 << data.verdicts.findIndex((one) => one.name === name);
  for (const cell of row.values()) {
    if (state.version && current().versions[cell.version] !== state.version) continue;
    if (!mask || cell.seen & mask) return true;
  }
  return false;
}

/* The matrix, group by group; a group is made when it comes near the screen, so that a large report opens at once. */
const pending = new Map();
const watcher = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) make(entry.target);
}, { rootMargin: "800px" });
function make(place) {
  const build = pending.get(place);
  if (!build) return;
  pending.delete(place);
  watcher.unobserve(place);
  place.classList.remove("place");
  place.innerHTML = build();
}
/* For paper every group is made and every part is open; afterwards what was closed is closed again. */
let closed = [];
function openAll() {
  for (const rest of document.querySelectorAll("[data-rest]")) expand(rest);
  [...pending.keys()].forEach(make);
  closed = [...document.querySelectorAll("main details:not([open])")];
  for (const part of closed) part.open = true;
}
function closeAgain() {
  for (const part of closed) part.open = false;
  closed = [];
}
const idle = window.requestIdleCallback || ((call) => setTimeout(() => call({ timeRemaining: () => 8 }), 60));
function makeRest(deadline) {
  for (const place of [...pending.keys()]) {
    if (deadline.timeRemaining() < 4) break;
    make(place);
  }
  if (pending.size) idle(makeRest);
}
function tables(target, legacy) {
  const report = current();
  cellsOf(report);
  const groups = new Map();
  let shown = 0;
  data.changes.forEach((change, index) => {
    const row = report.rows[legacy].get(index);
    if (!row || !kept(row, change)) return;
    shown += 1;
    const name = groupOf(change);
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(index);
  });
  target.textContent = "";
  for (const [name, rows] of groups) {
    const [said, sound] = condition(report, rows, legacy);
    const fold = document.createElement("details"), place = document.createElement("div");
    fold.className = "fold";
    fold.open = filtering() || !sound;
    fold.innerHTML = `<summary>${esc(heading(name))} <span class="${sound ? "dim" : "bad"}">${esc(said)}</span></summary>`;
    place.className = "box place";
    place.style.minHeight = `min(80vh, ${rows.length * 1.7 + 3}rem)`;
    pending.set(place, () => { place.style.minHeight = ""; return table(report, name, rows, legacy); });
    fold.append(place);
    target.append(fold);
    watcher.observe(place);
  }
  if (!shown) target.innerHTML = `<p class="hint">Nothing here${legacy ? " for this report or these filters" : ": the filters leave no change"}.</p>`;
  return shown;
}
/* What a group comes to, in words, and whether all is well in it: nothing that counts deviates or is inconclusive. */
function condition(report, rows, legacy) {
  const amounts = { deviate: 0, inconclusive: 0, "not covered": 0, "not counted": 0 };
  for (const index of rows) {
    const cells = [...report.rows[legacy].get(index).values()];
    const has = (names, counts) => cells.some((cell) => cell.counts === counts && names.includes(verdict(cell.worst).name));
    if (has(["fail", "not-implemented"], true)) amounts.deviate += 1;
    else if (has(["error", "blocked", "not-run"], true)) amounts.inconclusive += 1;
    else if (has(["fail", "not-implemented"], false)) amounts["not counted"] += 1;
    else if (has(["unavailable"], true)) amounts["not covered"] += 1;
  }
  const parts = Object.entries(amounts).filter(([, amount]) => amount).map(([name, amount]) => `${amount} ${amount === 1 ? name.replace("deviate", "deviates") : name}`);
  const quiet = legacy && !amounts.inconclusive; // legacy cells do not count
  return [`${number(rows.length, "statement")}: ${parts.join(", ") || "as documented"}`, quiet || !(amounts.deviate || amounts.inconclusive)];
}
function columns(report, rows, legacy) {
  const used = new Set();
  for (const index of rows) for (const version of report.rows[legacy].get(index).keys()) used.add(version);
  return report.versions.map((_, place) => place).filter((place) => (state.version ? report.versions[place] === state.version : used.has(place)));
}
function table(report, name, rows, legacy) {
  const places = columns(report, rows, legacy);
  const title = heading(name);
  const head = places.map((place) => `<th scope="col">${esc(report.versions[place])}</th>`).join("");
  let first = true;
  const body = rows.map((index) => {
    const change = data.changes[index], row = report.rows[legacy].get(index);
    const level = change.contested ? " <span class='level' title='contested: a deviation does not count'>c</span>" : change.level === "informative" ? " <span class='level' title='informative: does not count'>i</span>" : change.level === "optional" ? " <span class='level' title='optional'>o</span>" : "";
    const newest = Math.max(...row.keys());
    let older = null;
    const cells = places.map((place) => {
      const cell = row.get(place);
      if (!cell && older && !legacy && report.represents && place < newest) return `<td>${reference(report, older, place)}</td>`;
      if (!cell) return "<td></td>";
      older = cell;
      const tab = first ? 0 : -1;
      first = false;
      return `<td>${button(report, cell, tab)}</td>`;
    });
    return `<tr><th scope="row" title="${esc(change.says || "")}">${esc(shortName(change))}${level}</th>${cells.join("")}</tr>`;
  });
  return `<table class="grid"><caption class="sr">${esc(title)}</caption><thead><tr><th scope="col">statement</th>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}
/* A version that was not asked: the cell of an older version stands for it, and opens. */
function reference(report, cell, place) {
  const said = `${data.changes[cell.change].id} in API ${report.versions[place]}: not asked; API ${report.versions[cell.version]} stands for it`;
  return `<button type="button" class="c same" tabindex="-1" data-cell="${cell.change},${cell.legacy},${cell.version}" aria-label="${esc(said)}" title="${esc(said)}">=</button>`;
}
function button(report, cell, tab) {
  const worst = verdict(cell.worst), bad = BAD.has(worst.name), waived = bad && cell.waived;
  const amount = worst.name !== "pass" && cell.amount > 1 && worst.name !== "unserved" ? cell.amount : "";
  const said = `${data.changes[cell.change].id} in API ${report.versions[cell.version]}: ${worst.name}${waived ? " (waived)" : ""}, ${cell.amount} of ${number(cell.cases.length, "case")}${cell.counts ? "" : ", not counted"}`;
  return `<button type="button" class="c v-${worst.name}${waived ? " waived" : ""}${cell.counts ? "" : " apart"}" tabindex="${tab}" data-cell="${cell.change},${cell.legacy},${cell.version}" aria-label="${esc(said)}" title="${esc(said)}">${worst.sign}${amount}</button>`;
}

/* Findings: one card for each statement, with the ways in which it failed; the required ones first, of those what recorded clients need, then those of most cases. */
function findings() {
  const report = current();
  const parts = report.groups.map((part, index) => section(report, part, index));
  parts.splice(report.groups[0]?.title === "Not as documented" ? 1 : 0, 0, blockedCases(report));
  const out = parts.filter(Boolean);
  $("groups").innerHTML = out.join("") || `<p class="hint">${filtering() ? "The filters leave no finding." : "Nothing failed."}</p>`;
}
function section(report, part, index) {
  const found = cards(report, part.groups);
  if (!found.length) return "";
  const folded = /not counted/i.test(part.title), most = folded ? 0 : 60, shown = found.slice(0, most), rest = found.length - shown.length;
  const more = rest ? `<details data-rest="${index},${most}"><summary>${most ? `${rest} more` : "Show them"}</summary></details>` : "";
  return `<h3>${esc(part.title)} (${number(found.length, "statement")}${levels(report, found)})</h3>${shown.map((groups) => finding(report, groups)).join("")}${more}`;
}
function blockedCases(report) {
  if (!report.blocked.length || filtering()) return "";
  const amount = report.blocked.reduce((sum, one) => sum + one.amount, 0);
  return `<h3>Blocked: ${number(amount, "case")}, by cause</h3>${report.blocked.map((one) => blocked(report, one)).join("")}`;
}
function expand(part) {
  const [index, from] = part.dataset.rest.split(",").map(Number);
  delete part.dataset.rest;
  part.insertAdjacentHTML("beforeend", cards(current(), current().groups[index].groups).slice(from).map((groups) => finding(current(), groups)).join(""));
}
const LEVELS = ["required", "optional", "informative"];
const changeOf = (report, groups) => data.changes[report.cases[groups[0].case * WIDTH + CHANGE]];
const rank = (report, groups) => Math.max(0, LEVELS.indexOf(changeOf(report, groups).level));
const needing = (report, groups) => report.needing[changeOf(report, groups).place] || "";
function levels(report, found) {
  const amounts = LEVELS.map((name, index) => [name, found.filter((groups) => rank(report, groups) === index).length]).filter(([, amount]) => amount);
  const needed = found.filter((groups) => needing(report, groups)).length;
  const parts = [amounts.length > 1 ? amounts.map(([name, amount]) => `${amount} ${name}`).join(", ") : "", needed ? `real clients need ${needed}` : ""].filter(Boolean);
  return parts.length ? `: ${parts.join("; ")}` : "";
}
/* The groups that the filters leave, those of one statement and side together, in the order of their weight. */
function cards(report, groups) {
  const found = new Map();
  for (const group of groups) {
    const at = group.case * WIDTH, change = report.cases[at + CHANGE], key = `${change},${report.cases[at + SIDE]}`;
    if (filtering() && !wanted(report, at)) continue;
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(group);
  }
  const amount = (inside) => inside.reduce((sum, group) => sum + group.amount, 0);
  const clients = (inside) => needing(report, inside).split(",").length - (needing(report, inside) ? 0 : 1);
  return [...found.values()].sort((a, b) => rank(report, a) - rank(report, b) || clients(b) - clients(a) || amount(b) - amount(a));
}
/* Whether the filters leave the group of a case. */
function wanted(report, at) {
  const all = report.cases, name = verdict(all[at + VERDICT]).name;
  if (!chosen(data.changes[all[at + CHANGE]]) || (state.verdicts.size && !state.verdicts.has(name))) return false;
  const row = state.version && report.rows[all[at + SIDE] === BEFORE ? 1 : 0].get(all[at + CHANGE]);
  const cell = row && row.get(report.versions.indexOf(state.version));
  return !state.version || Boolean(cell && cell.seen & (1 << all[at + VERDICT]));
}
/* One failure of a fixture, with the cases that it blocks. */
function blocked(report, one) {
  return `<div class="finding v-none"><p class="seen">${esc(text(one.reason))}</p><p>blocks <b>${number(one.amount, "case")}</b> in ${esc(one.versions)}, first <a href="${esc(linkTo(report, one.case * WIDTH))}">${esc(keyOf(report, one.case * WIDTH))}</a></p>${one.fixtures ? `<p class="dim">fixtures: ${esc(text(one.fixtures))}</p>` : ""}</div>`;
}
function linkTo(report, at) {
  const all = report.cases;
  return `#cell=${data.changes[all[at + CHANGE]].id}@${report.versions[all[at + VERSION]]}${all[at + SIDE] === BEFORE ? "&side=before" : ""}${state.report ? `&report=${state.report}` : ""}`;
}
function finding(report, groups) {
  const all = report.cases, at = groups[0].case * WIDTH, change = data.changes[all[at + CHANGE]], most = 4;
  const bad = groups.some((group) => BAD.has(verdict(all[group.case * WIDTH + VERDICT]).name));
  const ways = groups.map((group) => variant(report, group));
  const level = change.level && change.level !== "required" ? ` <span class="mark">${esc(change.level)}</span>` : "";
  return `<div class="finding${bad ? "" : " v-none"}"><p><a href="${esc(linkTo(report, at))}"><b>${esc(change.id)}</b></a>${level}</p>
<p>${esc(statement(change, all[at + SIDE]))}</p>${ways.slice(0, most).join("")}${ways.length > most ? `<details><summary>${ways.length - most} more</summary>${ways.slice(most).join("")}</details>` : ""}${asserted(report, at)}${bad && needing(report, groups) ? `<p class="dim">Needed by ${esc(needing(report, groups))}</p>` : ""}${change.contested && bad ? `<p class="dim">Contested: ${esc(change.contested)}</p>` : ""}</div>`;
}
/* One way in which a statement failed: what was expected and what came, then where. */
function variant(report, group) {
  const all = report.cases, at = group.case * WIDTH, waiver = report.waivers[all[at + WAIVER]];
  return `<p class="seen">${esc(text(all[at + REASON]) || "no reason was given")}</p><p class="dim"><a href="${esc(linkTo(report, at))}">${verdict(all[at + VERDICT]).name}${waiver ? " (waived)" : ""}</a> in ${esc(group.versions)} (${number(group.amount, "case")}${group.parameters ? `: ${esc(text(group.parameters))}` : ""})</p>${waiver ? waived(waiver) : ""}`;
}
/* The line of the check that failed. */
function asserted(report, at) {
  const entry = report.evidence[report.cases[at + EVIDENCE]];
  const line = entry && text(entry.detail).split("\n")[0];
  return line && !text(report.cases[at + REASON]).includes(line) ? `<p class="asserted">${esc(line)}</p>` : "";
}
const waived = (waiver) => `<p>Waived until ${esc(waiver.expires)}: ${esc(waiver.reason)}${/^https?:/.test(waiver.link) ? ` (<a rel="noreferrer" href="${esc(waiver.link)}">${esc(waiver.link)}</a>)` : ""}</p>`;
function statement(change, side) {
  const name = data.sides[side];
  return (name === "before" && change.before) || (name === "after" && change.after) || change.says || "This change is not in the catalogue of the suite that wrote this page.";
}

/* A cell, opened. */
let opener = null;
function open(cell) {
  const report = current(), change = data.changes[cell.change], version = report.versions[cell.version];
  const first = cell.cases.find((at) => report.cases[at + VERDICT] === cell.worst);
  const side = report.cases[first + SIDE];
  const facts = [["holds in", `API ${change.window}`], ["kind", `${change.kind}, ${change.level}, profile ${change.profile}`], ["endpoints", (change.endpoints || []).join(", ")], ["note", change.note], ["contested", change.contested], ["seen", change.seen]];
  const sources = (change.sources || []).map((source) => `<dt>source</dt><dd>${esc(source)}</dd>`).join("");
  const errata = (change.errata || []).map((one) => `<dt>erratum</dt><dd>${esc(one)}</dd>`).join("");
  const order = [...cell.cases].sort((a, b) => report.cases[b + VERDICT] - report.cases[a + VERDICT] || a - b);
  $("cell-body").innerHTML = `<h2 id="cell-title">${esc(change.id)} in API ${esc(version)}: ${verdict(cell.worst).name}${BAD.has(verdict(cell.worst).name) && cell.waived ? " (waived)" : ""}</h2>
<p class="dim">${esc(report.name)}${cell.legacy ? "; legacy: this version is below the change" : ""}${cell.counts ? "" : "; not counted"}</p>
<div class="pair"><div><h4>Documented</h4>${esc(statement(change, side))}</div><div><h4>Observed</h4>${observed(report, cell, first)}</div></div>
${change.unknown ? "" : `<dl>${facts.filter(([, value]) => value).map(([name, value]) => `<dt>${name}</dt><dd>${esc(value)}</dd>`).join("")}${sources}${errata}</dl>`}
<h3>${number(cell.cases.length, "case")}</h3><div id="cases"></div>${other(report, cell, change)}`;
  more(report, order, 0);
  const dialog = $("cell");
  if (!dialog.open) { opener = document.activeElement; dialog.showModal(); }
  dialog.scrollTop = 0;
}
function observed(report, cell, at) {
  const reason = text(report.cases[at + REASON]);
  return verdict(cell.worst).name === "pass" ? `as documented, in ${number(cell.cases.length, "case")}` : `<code>${esc(reason || verdict(cell.worst).means)}</code>`;
}
function more(report, order, from) {
  const most = 50;
  const box = $("cases");
  box.insertAdjacentHTML("beforeend", order.slice(from, from + most).map((at, index) => one(report, at, from + index === 0)).join(""));
  if (order.length <= from + most) return;
  const next = document.createElement("button");
  next.textContent = `${order.length - from - most} more cases`;
  next.addEventListener("click", () => { next.remove(); more(report, order, from + most); });
  box.append(next);
}
function one(report, at, expanded) {
  const all = report.cases, found = verdict(all[at + VERDICT]), waiver = report.waivers[all[at + WAIVER]], reason = text(all[at + REASON]);
  return `<details class="one"${expanded ? " open" : ""}><summary><span class="sign v-${found.name}" aria-hidden="true">${found.sign}</span> <b>${found.name}${waiver ? " (waived)" : ""}</b> ${esc(text(all[at + PARAMETERS]) || text(all[at + CHECK]).split("::").pop())} <span class="dim">${all[at + MS]} ms</span></summary>
${waiver ? waived(waiver) : ""}${reason ? `<p>${esc(reason)}</p>` : ""}${exchanges(report, at)}
<h4>Run this case again</h4>${command(rerun(report, at))}</details>`;
}
const command = (line) => `<pre class="rerun">${esc(line)}</pre><button type="button" class="copy">Copy</button>`;
function exchanges(report, at) {
  const entry = report.evidence[report.cases[at + EVIDENCE]];
  if (!entry) return '<p class="dim">Its exchange is in the evidence beside the report, not in this page.</p>';
  const own = entry.case * WIDTH === at;
  const detail = text(entry.detail);
  const shown = entry.exchanges.map(([lines, curl]) => `<pre>${esc(text(lines))}</pre>${curl ? `<h4>The request as a curl line${report.private ? " (that daemon is gone; put another socket in)" : ""}</h4>${command(text(curl))}` : ""}`);
  return `${own ? "" : `<p class="dim">Of a case that went alike: ${esc(keyOf(report, entry.case * WIDTH))}</p>`}${detail ? `<h4>Asserted</h4><pre>${esc(detail)}</pre>` : ""}<h4>Exchange</h4>${shown.join("")}`;
}
/* Where old and new differ, the other side of the change, asked of the same daemon. */
function other(report, cell, change) {
  const rows = report.rows[cell.legacy ? 0 : 1].get(cell.change);
  const beside = rows && [...rows.values()].sort((a, b) => Math.abs(a.version - cell.version) - Math.abs(b.version - cell.version))[0];
  if (!beside) return "";
  const at = beside.cases.find((place) => report.evidence[report.cases[place + EVIDENCE]] && report.cases[place + VERDICT] === beside.worst) ?? beside.cases[0];
  return `<h3>The other side: API ${esc(report.versions[beside.version])}, ${verdict(beside.worst).name}</h3><p>${esc(statement(change, report.cases[at + SIDE]))}</p>${exchanges(report, at)}`;
}

/* Several daemons: changes x daemons. */
function daemons() {
  const target = $("daemons-table");
  if (!target) return;
  const only = $("differ").checked, relation = $("relation")?.value;
  data.reports.forEach(cellsOf);
  const groups = new Map();
  let shown = 0;
  data.changes.forEach((change, index) => {
    const cells = data.reports.map((report) => summary(report, index));
    const verdicts = new Set(cells.map((cell) => cell && verdict(cell.worst).name).filter((name) => name && !UNASKED.has(name)));
    if (only && verdicts.size < 2) return;
    if (relation && !data.reports.some((report) => report.relations?.[index] === relation)) return;
    shown += 1;
    const name = change.id.split("/")[0];
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push([change, cells, index]);
  });
  $("differ-count").textContent = `${shown} of ${number(data.changes.length, "statement")}`;
  const head = data.reports.map((report) => `<th scope="col">${breakable(report.name)}</th>`).join("");
  const tally = totals();
  target.innerHTML = tally + [...groups].map(([name, rows]) => {
    let first = true;
    const body = rows.map(([change, cells, index]) => `<tr><th scope="row" title="${esc(change.says || "")}">${esc(change.id.split("/").slice(1).join("/"))}</th>${cells.map((cell, at) => {
      if (!cell) return "<td></td>";
      const tab = first ? 0 : -1;
      first = false;
      const report = data.reports[at], worst = verdict(cell.worst), stands = RELATIONS[report.relations?.[index]];
      const said = `${change.id} on ${report.name}: ${worst.name} in ${cell.inside.length} of ${number(cell.all, "version")}${stands ? `; ${stands}` : ""}`;
      const amount = worst.name === "pass" ? "" : ` ${esc(cell.inside.length === cell.all ? "all" : cell.inside.length === 1 ? report.versions[cell.inside[0]] : `${cell.inside.length} of ${cell.all}`)}`;
      const beside = stands && report.relations[index] !== "as-documented" ? `<span class="relation">${stands}</span>` : "";
      return `<td><button type="button" class="c v-${worst.name}${cell.counts ? "" : " apart"}" tabindex="${tab}" data-report="${at}" data-cell="${cell.example}" aria-label="${esc(said)}" title="${esc(said)}">${worst.sign}${amount}${beside}</button></td>`;
    }).join("")}</tr>`);
    return `<details class="fold" open><summary>${esc(heading(name))} <span class="dim">${number(rows.length, "statement")}</span></summary><div class="box"><table class="grid wide-columns"><caption class="sr">${esc(heading(name))}</caption><thead><tr><th scope="col">statement</th>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div></details>`;
  }).join("");
}
const UNASKED = new Set(["unavailable", "unserved", "not-run"]); // these say nothing of a daemon
const RELATIONS = { worse: "worse than Docker", same: "same as Docker", better: "better than Docker", "as-documented": "as documented" };
/* How many statements each daemon keeps, and how they fare beside Docker. */
function totals() {
  const amounts = (name) => (report) => Object.values(report.relations || {}).filter((one) => one === name).length;
  const rows = [
    ["kept", (report) => `<b>${esc(report.share)}</b>`],
    ["as documented", (report) => `${report.kept} of ${report.judged}`],
    ["deviate", (report) => report.failed],
    ["contested", (report) => report.contested],
  ];
  if (data.reference !== null) for (const name of ["worse", "same", "better"]) rows.push([RELATIONS[name], (report, at) => (at === data.reference ? "" : amounts(name)(report))]);
  const body = rows.map(([name, count]) => `<tr><th scope="row">${name}</th>${data.reports.map((report, at) => `<td>${count(report, at)}</td>`).join("")}</tr>`).join("");
  return `<div class="box"><table class="grid wide-columns totals"><caption class="sr">Statements by daemon</caption><thead><tr><th scope="col">statements</th>${data.reports.map((report) => `<th scope="col">${breakable(report.name)}</th>`).join("")}</tr></thead><tbody>${body}</tbody></table></div>`;
}
function summary(report, index) {
  const row = report.rows[0].get(index);
  if (!row) return null;
  const all = [...row.values()], counted = all.filter((cell) => cell.counts), heeded = counted.length ? counted : all;
  const worst = Math.max(...heeded.map((cell) => cell.worst));
  const inside = heeded.filter((cell) => cell.worst === worst);
  return { worst, counts: counted.length > 0, inside: inside.map((cell) => cell.version), all: row.size, example: `${index},0,${inside[0].version}` };
}

/* Controls. */
function show() {
  pending.clear();
  data.reports.forEach((_, index) => { for (const part of ["summary", "coverage"]) $(`${part}-${index}`).hidden = index !== state.report; });
  controls();
  findings();
  const shown = tables($("tables"), 0), old = tables($("legacy-tables"), 1);
  const all = cellsOf(current()) && current().rows[0].size;
  $("count").textContent = `${shown} of ${number(all, "statement")} shown${data.reports.length > 1 ? `, of ${current().name}` : ""}; ${number(old, "statement")} with legacy cells.`;
  idle(makeRest);
}
function controls() {
  const report = current();
  const seen = new Set();
  for (const cell of cellsOf(report).values()) for (let index = 0; index < data.verdicts.length; index += 1) if (cell.seen & (1 << index)) seen.add(index);
  $("verdicts").innerHTML = [...seen].sort((a, b) => b - a).map((index) => `<label><input type="checkbox" name="verdict" value="${verdict(index).name}"${state.verdicts.has(verdict(index).name) ? " checked" : ""}><span class="sign v-${verdict(index).name}" aria-hidden="true">${verdict(index).sign}</span>${verdict(index).name}</label>`).join("");
  choices($("version"), report.versions.map((name) => [name, name]), state.version);
  choices($("noun"), [...new Set(data.changes.map((change) => change.noun).filter(Boolean))].sort().map((name) => [name, name]), state.noun);
  choices($("kind"), Object.entries(report.kinds).map(([name, statements]) => [name, `${name} (${statements.length})`]), state.kind);
  choices($("profile"), Object.entries(data.profiles).map(([name, profile]) => [name, `${name}: ${profile.title}`]), state.profile);
  if ($("text").value !== state.text) $("text").value = state.text;
  $("group").value = state.group;
  if (filtering()) $("filter").open = true;
}
function choices(select, options, chosen) {
  select.innerHTML = `<option value="">all</option>${options.map(([value, said]) => `<option value="${esc(value)}"${value === chosen ? " selected" : ""}>${esc(said)}</option>`).join("")}`;
}
function filtered() {
  state.verdicts = new Set([...document.querySelectorAll("#verdicts input:checked")].map((box) => box.value));
  for (const name of CHOICES) state[name] = $(name).value;
  state.group = $("group").value;
  state.text = $("text").value.trim();
  history.replaceState(null, "", address(null));
  const held = document.activeElement && document.activeElement.value;
  const inside = $("verdicts").contains(document.activeElement);
  show();
  if (inside) document.querySelector(`#verdicts input[value="${CSS.escape(held)}"]`)?.focus();
}
let typing = 0;
$("filters").addEventListener("input", (event) => { clearTimeout(typing); typing = setTimeout(filtered, event.target.id === "text" ? 150 : 0); });
$("filters").addEventListener("submit", (event) => event.preventDefault());
$("filters").addEventListener("reset", () => setTimeout(() => { for (const box of document.querySelectorAll("#verdicts input")) box.checked = false; for (const name of [...CHOICES, "text"]) $(name).value = ""; filtered(); }));
for (const name of ["differ", "relation"]) $(name)?.addEventListener("change", daemons);
$("group").addEventListener("change", filtered);
$("unfold").addEventListener("click", () => {
  const folds = [...document.querySelectorAll("#tables .fold")], open = folds.some((fold) => !fold.open);
  for (const fold of folds) fold.open = open;
  $("unfold").textContent = open ? "Fold all groups" : "Open all groups";
});
document.addEventListener("click", (event) => {
  const cell = event.target.closest("[data-cell]");
  if (cell) {
    if (cell.dataset.report && Number(cell.dataset.report) !== state.report) { state.report = Number(cell.dataset.report); show(); }
    const [change, legacy, version] = cell.dataset.cell.split(",").map(Number);
    location.hash = address(current().rows[legacy].get(change).get(version));
  }
  if (event.target.matches(".copy")) navigator.clipboard?.writeText(event.target.previousElementSibling.textContent).then(() => { event.target.textContent = "Copied"; });
  if (event.target === $("cell")) $("cell").close();
  if (event.target.closest(".jump")) requestAnimationFrame(() => $("findings").scrollIntoView());
  const facts = event.target.closest('a[href^="#facts-"]');
  if (facts) $(facts.hash.slice(1)).open = true;
});
document.addEventListener("toggle", (event) => {
  if (event.target.dataset?.rest && event.target.open) expand(event.target);
}, true);
const MOVES = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -Infinity], End: [0, Infinity] };
document.addEventListener("keydown", (event) => {
  const move = MOVES[event.key], here = event.target.closest?.(".c");
  if (!move || !here) return;
  event.preventDefault();
  const column = here.closest("td").cellIndex;
  const next = move[0] ? beside(here, column, move[0]) : along(here, move[1]);
  if (!next) return;
  here.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
});
function along(here, step) {
  const cells = [...here.closest("tr").querySelectorAll(".c")], place = cells.indexOf(here);
  return cells[Math.max(0, Math.min(cells.length - 1, place + step))];
}
function beside(here, column, step) {
  const rows = [...here.closest(".tables").querySelectorAll("tbody tr")];
  for (let at = rows.indexOf(here.closest("tr")) + step; at >= 0 && at < rows.length; at += step) {
    const found = rows[at].closest("details:not([open])") ? null : rows[at].cells[column]?.querySelector(".c");
    if (found) return found;
  }
  return null;
}
$("close").addEventListener("click", () => $("cell").close());
$("cell").addEventListener("close", () => {
  if (location.hash.includes("cell=")) history.replaceState(null, "", address(null) === "#" ? location.pathname + location.search : address(null));
  opener?.isConnected && opener.focus();
});
window.addEventListener("hashchange", follow);
window.addEventListener("beforeprint", openAll);
window.addEventListener("afterprint", closeAgain);
daemons();
show();
follow();
