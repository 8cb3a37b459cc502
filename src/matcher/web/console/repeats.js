/** What else on a list is the same thing: how many, with a link to each. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** A line about the items of `side` (achievements or demands) that repeat the one above it; null for none. */
export function repeatsNote(side, ids) {
  if (ids.length === 0) return null;
  const links = ids.map((id) => h("a", { href: `#/${side}/${id}` }, t("repeats.one", id)));
  return h("span", { class: "meta" }, h("span", {}, t(`repeats.${side}`, ids.length)), links);
}
