/** One list with search and pages on the left; the chosen item with its ranked matches on the right. */

import { get } from "./api.js";
import { demandRules } from "./demand-rules.js";
import { announce, h, settled } from "./dom.js";
import { factList, textList } from "./fields.js";
import { t } from "./i18n.js";
import { matchSection } from "./matches.js";
import { nearMissSection } from "./near-misses.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { repeatsNote } from "./repeats.js";
import { may } from "./rights.js";

const PAGE = 30;
const OTHER = { demands: "achievements", achievements: "demands" };

/** Search and page of each list, kept while the operator looks at other pages. */
const kept = { demands: { park: null, q: "", cursors: [null] }, achievements: { park: null, q: "", cursors: [null] } };

/** The page of `side`: demands (of the park) or achievements (of the district). */
export function listingsPage(side, { id, park, onLeave }) {
  const aborter = new AbortController();
  onLeave(() => aborter.abort());
  const place = kept[side];
  const code = side === "demands" ? park.code : null;
  if (place.park !== code) Object.assign(place, { park: code, q: "", cursors: [null] });

  const list = h("ul", { class: "items" });
  const foot = h("div", { class: "pager" });
  const search = h("input", {
    type: "search",
    id: "search",
    placeholder: t(`search.${side}`),
    "aria-label": t(`search.${side}`),
    value: place.q,
    oninput: settled(() => {
      Object.assign(place, { q: search.value.trim(), cursors: [null] });
      load();
    }),
  });

  let latest = 0;
  async function load() {
    const mine = (latest += 1);
    try {
      const query = { park: code, q: place.q, cursor: place.cursors.at(-1), limit: PAGE };
      const page = await get(`/v1/${side}`, query, aborter.signal);
      if (mine !== latest) return;
      list.replaceChildren(
        ...(page.items.length > 0
          ? page.items.map((item) => row(side, item, id))
          : [h("li", {}, emptyNote(t(`list.empty.${side}`), t(place.q ? "list.empty.search" : "list.empty.import")))]),
      );
      list.scrollTop = 0;
      foot.replaceChildren(...pager(page));
      if (place.q) announce(t("list.found", page.items.length));
    } catch (error) {
      if (error.name !== "AbortError") list.replaceChildren(h("li", {}, problemNote(error)));
    }
  }

  function pager(page) {
    const number = place.cursors.length;
    if (number === 1 && page.next_cursor === null) return [];
    const turn = (cursors) => () => {
      place.cursors = cursors;
      load();
    };
    return [
      h("button", { type: "button", disabled: number === 1, onclick: turn(place.cursors.slice(0, -1)) }, t("page.before")),
      h("span", {}, t("page.number", number)),
      h(
        "button",
        { type: "button", disabled: page.next_cursor === null, onclick: turn([...place.cursors, page.next_cursor]) },
        t("page.after"),
      ),
    ];
  }

  load();
  return h(
    "div",
    { class: id === null ? "panes" : "panes chosen" },
    h(
      "section",
      { class: "pane list", "aria-label": t(`nav.${side}`) },
      h("div", { class: "pane-head" }, h("h1", {}, t(`list.title.${side}`)), search),
      list,
      foot,
    ),
    h("section", { class: "pane detail", "aria-live": "off" }, detail(side, id, aborter.signal)),
  );
}

/** From a demand to the work on it. */
function ledgerLinks(id) {
  return h(
    "p",
    { class: "links" },
    h("a", { href: `#/ledger?demand_id=${id}` }, t("demand.ledger")),
    may("run_park") && h("a", { href: `#/ledger?add=${id}` }, t("demand.add")),
  );
}

function row(side, item, chosen) {
  const meta = [item.organisation, item.code].filter(Boolean);
  return h(
    "li",
    {},
    h(
      "a",
      { href: `#/${side}/${item.id}`, "aria-current": item.id === chosen ? "true" : null },
      h("span", { class: "item-title" }, item.title),
      h("span", { class: "meta" }, meta.map((text) => h("span", {}, text)), mark(item)),
    ),
  );
}

function mark(item) {
  if (item.status !== "live") return h("span", { class: "tag warn" }, t(`status.${item.status}`));
  if (item.confidentiality !== "public") return h("span", { class: "tag" }, t(`confidentiality.${item.confidentiality}`));
  return item.kind ? h("span", { class: "tag" }, t(`kind.${item.kind}`)) : null;
}

function detail(side, id, signal) {
  if (id === null) return h("div", { class: "choose" }, emptyNote(t(`choose.${side}`), t(`choose.${side}.about`)));
  const body = h("div", { class: "detail-body" }, busyNote());
  load();
  return body;

  async function load() {
    try {
      const [listing, matches] = await Promise.all([
        get(`/v1/${side}/${id}`, {}, signal),
        get(`/v1/${side}/${id}/matches`, {}, signal),
      ]);
      const heading = h("h2", { tabindex: "-1" }, listing.title);
      const texts = textList(side, listing);
      const lead = listing.problems || listing.detail || listing.abstract || listing.abstract_en;
      body.replaceChildren(
        h("a", { class: "back", href: `#/${side}` }, t("back")),
        h(
          "header",
          { class: "detail-head" },
          h("p", { class: "meta" }, [listing.code, listing.organisation].filter(Boolean).map((text) => h("span", {}, text)), mark(listing)),
          heading,
          repeatsNote(side, listing.repeats),
          factList(side, listing),
          lead && h("p", { class: "lead" }, lead),
          texts && h("details", { class: "full-text" }, h("summary", {}, t(`full_text.${side}`)), texts),
          side === "demands" && [ledgerLinks(id), demandRules(id, signal)],
        ),
        matchSection(t(`match.title.${side}`), matches, OTHER[side]),
        ...(side === "demands" && may("read_park") ? [nearMissSection(id, signal)] : []),
      );
      heading.focus({ preventScroll: true });
    } catch (error) {
      if (error.name !== "AbortError") body.replaceChildren(h("a", { class: "back", href: `#/${side}` }, t("back")), problemNote(error));
    }
  }
}
