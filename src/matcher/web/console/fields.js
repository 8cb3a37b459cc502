/** What a listing says, field by field; what it does not say is left out, never guessed. */

import { h } from "./dom.js";
import { amount, t } from "./i18n.js";

const FACTS = {
  demands: ["budget", "deadline", "industry", "maturity", "modes", "region", "valid_until", "organisation_nature"],
  achievements: ["industry", "maturity", "modes", "price", "ip_type", "level", "form", "region", "source_region", "laboratory", "valid_until"],
};
const TEXTS = {
  demands: ["problems", "detail", "targets", "conditions"],
  achievements: ["abstract", "title_en", "abstract_en", "transfer_note"],
};

function shown(name, value) {
  if (value === null || value === undefined) return "";
  if (name === "budget" || name === "price") return amount(value);
  if (name === "maturity") return maturity(value);
  if (Array.isArray(value)) return value.join("、");
  return String(value);
}

function maturity({ text, low, high }) {
  if (low === null) return text;
  const level = low === high ? `TRL ${low}` : `TRL ${low}–${high}`;
  return text ? `${text}（${level}）` : level;
}

/** Short facts in a grid. */
export function factList(side, listing) {
  const facts = FACTS[side].map((name) => [name, shown(name, listing[name])]).filter(([, text]) => text !== "");
  if (facts.length === 0) return null;
  return h(
    "dl",
    { class: "facts" },
    facts.map(([name, text]) => h("div", {}, h("dt", {}, t(`field.${name}`)), h("dd", {}, text))),
  );
}

/** Long texts under their names, and the keywords. */
export function textList(side, listing) {
  const texts = TEXTS[side].map((name) => [name, listing[name]]).filter(([, text]) => text);
  const words = listing.keywords ?? [];
  if (texts.length === 0 && words.length === 0) return null;
  return h(
    "dl",
    { class: "texts" },
    texts.map(([name, text]) => h("div", {}, h("dt", {}, t(`field.${name}`)), h("dd", {}, text))),
    words.length > 0 && h("div", {}, h("dt", {}, t("field.keywords")), h("dd", {}, words.join("、"))),
  );
}

/** Everything that is shown of a listing. */
export function listingFields(side, listing) {
  return h("div", {}, factList(side, listing), textList(side, listing) ?? h("p", { class: "meta" }, t("field.no_text")));
}
