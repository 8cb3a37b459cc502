/** The forms of a park's rules and of one demand's own: what is preferred, what is ruled out, how much is kept. */

import { h } from "./dom.js";
import { field } from "./forms.js";
import { isKnown, t } from "./i18n.js";

const LIMITS = ["min_probability", "min_score", "likely", "possible", "top_k", "per_organisation", "max_entries", "exploration"];
const LISTS = ["partners", "excluded_organisations"];

/** A park's profile: its fields, their node, and the rules that they say. */
export function profileForm(profile, readOnly) {
  const make = maker(readOnly);
  const hard = constraintFields(profile.constraints, make);
  const fields = {
    industries: make.text("industries", weightsText(profile.industries)),
    only_industries: make.check("only_industries", profile.only_industries),
    partners: make.names("partners", profile.partners),
    partner_weight: make.number("partner_weight", profile.partner_weight, { min: 0, max: 10 }),
    only_partners: make.check("only_partners", profile.only_partners),
    excluded_organisations: make.names("excluded_organisations", profile.excluded_organisations),
    min_probability: make.number("min_probability", profile.min_probability, { min: 0, max: 0.99 }),
    min_score: make.number("min_score", profile.min_score, { min: 0, max: 1 }),
    likely: make.number("likely", profile.likely, { min: 0.01, max: 0.99 }),
    possible: make.number("possible", profile.possible, { min: 0.01, max: 0.99 }),
    top_k: make.number("top_k", profile.top_k, { min: 1, max: 50 }),
    per_organisation: make.number("per_organisation", profile.per_organisation, { min: 1 }),
    max_entries: make.number("max_entries", profile.max_entries, { min: 1 }),
    exploration: make.number("exploration", profile.exploration, { min: 0, max: 0.5 }),
  };
  const value = (name) => fields[name].value;
  const nodes = (...names) => names.map((name) => fields[name].node);

  return {
    fields: [...Object.values(fields), ...Object.values(hard)],
    node: h(
      "div",
      { class: "rule-groups" },
      group("prefer", nodes("industries", "only_industries", "partners", "partner_weight", "only_partners")),
      group("limits", nodes(...LIMITS)),
      group("filters", [...Object.values(hard).map((one) => one.node), ...nodes("excluded_organisations")]),
    ),
    get rules() {
      return {
        ...profile,
        industries: weightsOf(value("industries")),
        only_industries: value("only_industries"),
        only_partners: value("only_partners"),
        partner_weight: value("partner_weight") ?? 1,
        ...Object.fromEntries(LISTS.map((name) => [name, lines(value(name))])),
        ...Object.fromEntries(LIMITS.map((name) => [name, value(name)])),
        constraints: constraintsOf(hard),
      };
    },
  };
}

/** One demand's own hard constraints: the same three. */
export function constraintsForm(constraints, readOnly) {
  const hard = constraintFields(constraints, maker(readOnly));
  return {
    fields: Object.values(hard),
    node: h("div", { class: "two" }, Object.values(hard).map((one) => one.node)),
    get rules() {
      return constraintsOf(hard);
    },
  };
}

/** A line of the industries that holds no weight. */
export class BadWeight extends Error {}

function maker(readOnly) {
  const more = readOnly ? { readonly: true } : {};
  const held = readOnly ? { disabled: true } : {};
  const rule = (name, spec) => field({ name, label: t(`rule.${name}`), help: helpOf(name), ...spec });
  return {
    text: (name, value) => rule(name, { kind: "textarea", value, rows: 3, ...more }),
    names: (name, value) => rule(name, { kind: "textarea", value: value.join("\n"), rows: 2, ...more }),
    number: (name, value, range) => rule(name, { kind: "number", value, ...range, ...more }),
    check: (name, value) => rule(name, { kind: "check", value, ...held }),
  };
}

function constraintFields(constraints, make) {
  return {
    max_price: make.number("max_price", constraints.max_price, { min: 0 }),
    min_maturity: make.number("min_maturity", constraints.min_maturity, { min: 1, max: 9 }),
    modes: make.names("modes", constraints.modes),
    regions: make.names("regions", constraints.regions),
    strict: make.check("strict", constraints.strict),
  };
}

function constraintsOf(fields) {
  return {
    max_price: fields.max_price.value,
    min_maturity: fields.min_maturity.value,
    modes: lines(fields.modes.value),
    regions: lines(fields.regions.value),
    strict: fields.strict.value,
  };
}

function group(name, nodes) {
  return h("fieldset", { class: "rule-group" }, h("legend", {}, t(`rules.${name}`)), nodes);
}

function helpOf(name) {
  const key = `rule.${name}.about`;
  return isKnown(key) ? t(key) : null;
}

/** Names as people list them: one a line, or with commas between. */
function lines(text) {
  return [...new Set(text.split(/[\n，,；;、]/).map((line) => line.trim()).filter(Boolean))];
}

function weightsText(industries) {
  return Object.entries(industries).map(([name, weight]) => `${name} ${weight}`).join("\n");
}

/** Industry → weight from lines such as "氢能 1.2"; a name alone weighs 1. */
function weightsOf(text) {
  return Object.fromEntries(
    lines(text).map((line) => {
      const [, name, weight] = line.match(/^(.*?)(?:[\s:：×*]+([0-9.]+))?$/);
      const number = weight === undefined ? 1 : Number(weight);
      const isUnclear = weight === undefined && /\s/.test(name);
      if (!name || isUnclear || !(number > 0)) throw new BadWeight(line);
      return [name.trim(), number];
    }),
  );
}
