/** The form of a park's rules: what is preferred, what is ruled out, and how many matches are kept. */

import { h } from "./dom.js";
import { field } from "./forms.js";
import { isKnown, t } from "./i18n.js";

const LIMITS = ["min_score", "top_k", "per_organisation", "max_entries"];
const LISTS = ["partners", "excluded_organisations"];

/** The fields of a profile, how they are laid out, and the profile that they say. */
export function profileForm(profile, readOnly) {
  const more = readOnly ? { readonly: true } : {};
  const held = readOnly ? { disabled: true } : {};
  const rule = (name, spec) => field({ name, label: t(`rule.${name}`), help: helpOf(name), ...spec });
  const number = (name, value, range) => rule(name, { kind: "number", value, ...range, ...more });
  const check = (name, value) => rule(name, { kind: "check", value, ...held });
  const names = (name, value) => rule(name, { kind: "textarea", value: value.join("\n"), rows: 2, ...more });
  const { constraints } = profile;
  const fields = {
    industries: rule("industries", { kind: "textarea", value: weightsText(profile.industries), rows: 3, ...more }),
    only_industries: check("only_industries", profile.only_industries),
    partners: names("partners", profile.partners),
    partner_weight: number("partner_weight", profile.partner_weight, { min: 0, max: 10 }),
    only_partners: check("only_partners", profile.only_partners),
    excluded_organisations: names("excluded_organisations", profile.excluded_organisations),
    min_score: number("min_score", profile.min_score, { min: 0, max: 1 }),
    top_k: number("top_k", profile.top_k, { min: 1, max: 50 }),
    per_organisation: number("per_organisation", profile.per_organisation, { min: 1 }),
    max_entries: number("max_entries", profile.max_entries, { min: 1 }),
    max_price: number("max_price", constraints.max_price, { min: 0 }),
    min_maturity: number("min_maturity", constraints.min_maturity, { min: 1, max: 9 }),
    modes: names("modes", constraints.modes),
    regions: names("regions", constraints.regions),
    strict: check("strict", constraints.strict),
  };
  const value = (name) => fields[name].value;

  return {
    fields: Object.values(fields),
    node: h(
      "div",
      { class: "rule-groups" },
      group("prefer", ["industries", "only_industries", "partners", "partner_weight", "only_partners"]),
      group("limits", LIMITS),
      group("filters", ["max_price", "min_maturity", "modes", "regions", "strict", "excluded_organisations"]),
    ),
    get profile() {
      const { weights, wrong } = weightsOf(value("industries"));
      if (wrong !== null) throw new BadWeight(wrong);
      return {
        ...profile,
        industries: weights,
        only_industries: value("only_industries"),
        only_partners: value("only_partners"),
        partner_weight: value("partner_weight") ?? 1,
        ...Object.fromEntries(LISTS.map((name) => [name, lines(value(name))])),
        ...Object.fromEntries(LIMITS.map((name) => [name, value(name)])),
        constraints: {
          max_price: value("max_price"),
          min_maturity: value("min_maturity"),
          modes: lines(value("modes")),
          regions: lines(value("regions")),
          strict: value("strict"),
        },
      };
    },
  };

  function group(name, members) {
    return h("fieldset", { class: "rule-group" }, h("legend", {}, t(`rules.${name}`)), members.map((member) => fields[member].node));
  }
}

/** A line of the industries that holds no weight. */
export class BadWeight extends Error {}

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

/** {weights, wrong}: industry → weight from lines such as "氢能 1.2"; a name alone weighs 1. */
function weightsOf(text) {
  const weights = {};
  for (const line of lines(text)) {
    const [, name, weight] = line.match(/^(.*?)(?:[\s:：×*]+([0-9.]+))?$/);
    const number = weight === undefined ? 1 : Number(weight);
    if (!name || !(number > 0)) return { weights, wrong: line };
    weights[name.trim()] = number;
  }
  return { weights, wrong: null };
}
