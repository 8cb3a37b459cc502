/** Why an entry was proposed, to be checked: the score added up, both texts marked, what is stated, the rules, judged cases. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { figure, inLanguage, t } from "./i18n.js";
import { busyNote, problemNote } from "./notes.js";

const SIGNS = { agrees: "✓", met: "✓", against: "✕", failed: "✕", unknown: "?" };
const OF_ACHIEVEMENT = ["freshness", "completeness"];

/** The reasons, read when they are shown. */
export function whySections(entry, signal) {
  const body = h("div", { class: "reasons" }, busyNote());
  get(`/v1/ledger/${entry.entry_id}/explanation`, {}, signal)
    .then((told) => body.replaceChildren(...sections(told)))
    .catch((error) => error.name === "AbortError" || body.replaceChildren(problemNote(error)));
  return body;
}

function sections(told) {
  return [
    told.waterfall.length > 0 && section("score", waterfall(told), told.like && h("p", { class: "like" }, t("why.like", told.like.achievement_title, inLanguage(told.like.opinion_zh, told.like.opinion_en))), h("p", { class: "help" }, t("why.score.by", told.scorer, told.calibration ?? "—"))),
    section("texts", texts(told)),
    section("stated", states("stated", ["what", "demand", "achievement", "verdict"], told.stated.map(fact))),
    section("rules", told.constraints.length === 0 ? h("p", { class: "meta" }, t("why.rules.none")) : states("rules", ["what", "of", "wanted", "achievement", "verdict"], told.constraints.map(ruling)), (told.rules_version.park > 0 || told.rules_version.demand > 0) && h("p", { class: "help" }, t("why.rules.now", told.rules_version.park, told.rules_version.demand))),
    section("judged", told.judged.length === 0 ? h("p", { class: "meta" }, t("why.judged.none")) : h("ol", { class: "judged" }, told.judged.map(judged))),
  ].filter(Boolean);
}

function section(name, ...children) {
  const heading = `why-${name}`;
  return h("section", { "aria-labelledby": heading, class: `why-${name}` }, h("h3", { id: heading }, t(`why.${name}`)), children);
}

/** A row for each contribution, whose bar starts where the one before it ended; the last row is the score. */
function waterfall({ waterfall: steps, score }) {
  const reach = [0, ...steps.map((step) => step.cumulative)];
  const low = Math.min(...reach);
  const width = Math.max(...reach) - low || 1;
  const place = (value) => (100 * (value - low)) / width;

  function bar(from, to, look) {
    const part = h("i", { class: look });
    part.style.marginLeft = `${place(Math.min(from, to))}%`;
    part.style.width = `${place(Math.max(from, to)) - place(Math.min(from, to))}%`;
    return h("td", { class: "fall", "aria-hidden": "true" }, part);
  }

  const rows = steps.map((step, at) =>
    h(
      "tr",
      { title: step.explanation },
      h("th", { scope: "row" }, inLanguage(step.label_zh, step.label_en)),
      bar(reach[at], step.cumulative, step.contribution < 0 ? "less" : `part-${step.feature}`),
      h("td", { class: "number" }, signed(step.contribution)),
      h("td", { class: "number" }, figure(step.cumulative)),
    ),
  );
  return h(
    "table",
    { class: "waterfall" },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, t("why.part")), h("td", { "aria-hidden": "true" }), h("th", { scope: "col", class: "number" }, t("why.contribution")), h("th", { scope: "col", class: "number" }, t("why.sum")))),
    h("tbody", {}, rows),
    h("tfoot", {}, h("tr", {}, h("th", { scope: "row" }, t("score")), bar(0, score, "whole"), h("td", {}), h("td", { class: "number" }, figure(score)))),
  );
}

function signed(value) {
  return `${value < 0 ? "−" : "+"}${figure(Math.abs(value))}`;
}

/** Both sides' texts beside each other, shared phrases marked. */
function texts({ highlights, terms }) {
  const side = (one) =>
    h(
      "div",
      { class: "marked-side" },
      h("h4", {}, t(`pair.${one}`)),
      h("dl", {}, highlights[one].map(({ field, text, spans }) => h("div", {}, h("dt", {}, t(`field.${field}`)), h("dd", {}, marked(text, spans))))),
    );
  return [terms.length === 0 && h("p", { class: "meta" }, t("match.no_phrases")), h("div", { class: "marked" }, side("demand"), side("achievement"))];
}

/** The text with its spans marked; spans count code points, as `Array.from` does. */
function marked(text, spans) {
  const signs = Array.from(text);
  const parts = [];
  let done = 0;
  for (const { start, end } of spans) {
    parts.push(signs.slice(done, start).join(""), h("mark", {}, signs.slice(start, end).join("")));
    done = end;
  }
  return [...parts, signs.slice(done).join("")];
}

/** A table of things that hold, do not hold, or are unknown. */
function states(name, columns, rows) {
  return h(
    "div",
    { class: "scroll" },
    h("table", { class: "states", "aria-labelledby": `why-${name}` }, h("thead", {}, h("tr", {}, columns.map((one) => h("th", { scope: "col" }, t(`why.column.${one}`))))), h("tbody", {}, rows)),
  );
}

function fact(one) {
  const unsaid = one.feature === "quantities" ? t("why.nothing_compared") : t("why.unsaid");
  const demand = OF_ACHIEVEMENT.includes(one.feature) ? h("td", {}, "—") : said(one.demand, unsaid);
  return h("tr", { title: one.explanation }, h("th", { scope: "row" }, inLanguage(one.label_zh, one.label_en)), demand, said(one.achievement, unsaid), verdict(one));
}

function ruling(one) {
  return h("tr", {}, h("th", { scope: "row" }, inLanguage(one.label_zh, one.label_en)), h("td", {}, t(`why.of.${one.of}`)), h("td", {}, one.wanted), said(one.stated), verdict(one));
}

function said(text, unsaid = t("why.unsaid")) {
  return h("td", {}, text || h("span", { class: "soft" }, unsaid));
}

/** A verdict by a sign and by a word, which colour only repeats; what is known and speaks neither way is a dash. */
function verdict(one) {
  const sign = one.verdict === "unknown" && one.figure !== null && one.figure !== undefined ? "–" : SIGNS[one.verdict];
  return h("td", { class: `verdict ${one.verdict}` }, h("span", { class: "sign", "aria-hidden": "true" }, sign), " ", inLanguage(one.verdict_zh, one.verdict_en));
}

function judged(one) {
  return h(
    "li",
    {},
    h("p", {}, h("b", {}, t("why.grade", one.grade, inLanguage(one.grade_zh, one.grade_en))), " ", h("a", { href: `#/ledger/${one.entry_id}` }, `${one.demand_title} — ${one.achievement_title}`)),
    h("p", { class: "meta" }, t("why.nearness", figure(one.nearness))),
  );
}
