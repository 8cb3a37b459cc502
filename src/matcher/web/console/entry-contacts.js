/** Whom to call on either side, masked until asked for; and what the lists say in columns of their own. */

import { get } from "./api.js";
import { h } from "./dom.js";
import { behind } from "./forms.js";
import { t } from "./i18n.js";
import { problemNote } from "./notes.js";
import { may } from "./rights.js";

const SIDES = ["demand", "achievement"];

/** The section; null where neither side has a contact or a column of its own. */
export function contactSection({ entry, isPast, signal }) {
  const section = h("div", { class: "contacts", tabindex: "-1" });
  const fill = (shown, masked) => section.replaceChildren(...parts(shown).concat(masked && may("unmask") ? unmaskButton() : []));

  function unmaskButton() {
    const button = h("button", { type: "button", class: "quiet" }, t("contact.unmask"));
    const show = async () => {
      fill(await get(`/v1/ledger/${entry.entry_id}`, { original_columns: true, unmask: true }, signal), false);
      section.focus({ preventScroll: true });
    };
    button.addEventListener("click", () => behind(button, show, (error) => button.replaceWith(problemNote(error))));
    return h("p", { class: "help" }, button, t("sheets.unmask.about"));
  }

  if (parts(entry).length === 0) return null;
  fill(entry, !isPast);
  return section;
}

/** What there is to show of both sides: a line for each contact, the lists' own columns folded away. */
function parts(entry) {
  return [...SIDES.map((side) => contactLine(side, entry)), ownColumns(entry)].filter((part) => part !== null);
}

function contactLine(side, entry) {
  const { name, phone, email } = entry[`${side}_contact`];
  const said = [name, phone, email].filter(Boolean);
  if (said.length === 0) return null;
  return h("p", { class: "meta" }, h("span", {}, t(`contact.${side}`)), said.map((text) => h("span", {}, text)));
}

function ownColumns(entry) {
  const rows = SIDES.flatMap((side) => Object.entries(entry[`${side}_extra`]).map(([heading, text]) => [`${t(`pair.${side}`)} · ${heading}`, text]));
  if (rows.length === 0) return null;
  return h(
    "details",
    { class: "full-text" },
    h("summary", {}, t("contact.columns")),
    h("dl", { class: "texts" }, rows.map(([heading, text]) => h("div", {}, h("dt", {}, heading), h("dd", {}, text)))),
  );
}
