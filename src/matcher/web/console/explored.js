/** The mark of a pair that is shown to learn about it, and not because it ranks among the first. */

import { h } from "./dom.js";
import { t } from "./i18n.js";

/** The mark with its explanation; null for a pair that ranks among the first. */
export function exploredTag(pair) {
  return pair.explored ? h("span", { class: "tag explored", title: t("explored.about") }, t("explored")) : null;
}
