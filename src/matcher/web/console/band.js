/** The mark of the band that a pair's probability is in. */

import { BANDS } from "./codes.js";
import { h } from "./dom.js";
import { code, inLanguage } from "./i18n.js";

const LOOKS = { likely: "good", possible: "warn", below: "" };

/** Whether a pair is likely, or has no probability by which it could be told. */
export const isLikely = ({ band }) => band === "likely" || band === null;

/** The band as a tag, with what is known of such pairs as its title; null where there is no probability. */
export function bandTag({ band }) {
  if (band === null) return null;
  return h("span", { class: `tag band ${LOOKS[band]}`, title: inLanguage(...BANDS[band]) }, code("band", band));
}
