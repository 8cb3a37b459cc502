/** The ledger of a park as a working list: filters in the address, pages, and an entry that opens over it. */

import { address, get } from "./api.js";
import { announce, h, settled } from "./dom.js";
import { entryDrawer } from "./entry.js";
import { addPairDrawer } from "./add-pair.js";
import { CODES, COLUMNS } from "./codes.js";
import { field } from "./forms.js";
import { handOver } from "./handover.js";
import { code, column, dayOf, t, today } from "./i18n.js";
import { ledgerTable } from "./ledger-table.js";
import { busyNote, problemNote } from "./notes.js";
import { nothingNote } from "./parks.js";
import { rememberPeople } from "./people.js";
import { may } from "./rights.js";

const PAGE = 50;
const STANDINGS = ["in_view", "current", "vanished", "void", "added", "all"];
const FILTERS = ["stage", "standing", "band", "person", "demand_id", "as_of"];

/** Where a ledger with these filters is: "#/ledger/12?stage=pending". */
export function ledgerAddress(filters = {}, id = null) {
  return address(id === null ? "#/ledger" : `#/ledger/${id}`, filters);
}

/** What is asked for: by default what is work, that is likely pairs and those that people touched. */
const bandAsked = (band) => (band === "all" ? { band: null } : band ? { band } : { work: true });

/** The page. */
export function ledgerPage({ route, park, onLeave, onMove }) {
  const aborter = new AbortController();
  let { id, query } = route;
  let cursors = [null];
  let rows = [];
  let drawer = null;
  let shown = null;
  const table = h("div", { class: "ledger-rows" }, busyNote());
  const foot = h("div", { class: "pager" });
  const lead = h("div", { class: "ledger-lead" });
  onLeave(() => {
    aborter.abort();
    drawer?.close();
  });
  onMove((to) => {
    const before = query;
    ({ id, query } = to);
    showBar();
    if (FILTERS.some((name) => before[name] !== query[name])) {
      cursors = [null];
      load();
    }
    open();
  });

  const filters = () => Object.fromEntries(FILTERS.map((name) => [name, query[name]]));
  const go = (changes, at = id) => {
    location.hash = ledgerAddress({ ...filters(), ...changes }, at);
  };
  const stage = field({ name: "stage", kind: "select", label: column("stage"), empty: t("standing.all"), options: Object.keys(CODES.stage).map((one) => [one, code("stage", one)]) });
  const standing = field({ name: "standing", kind: "select", label: column("standing"), required: true, options: STANDINGS.map((one) => [one, one in CODES.standing ? code("standing", one) : t(`standing.${one}`)]) });
  const band = field({ name: "band", kind: "select", label: column("band"), empty: t("band.work"), options: [...Object.keys(CODES.band).map((one) => [one, code("band", one)]), ["all", t("standing.all")]] });
  const person = field({ name: "person", label: t("ledger.person"), list: "people" });
  const words = field({ name: "words", kind: "search", label: t("ledger.words") });
  const day = field({ name: "as_of", kind: "date", label: t("ledger.day"), max: today() });
  standing.control.firstChild.remove();
  for (const one of [stage, standing, band]) one.control.addEventListener("change", () => go({ [one.name]: one.value === "in_view" ? null : one.value }));
  person.control.addEventListener("input", settled(() => go({ person: person.value }), 400));
  day.control.addEventListener("change", () => go({ as_of: day.value }, null));
  words.control.addEventListener("input", settled(showRows, 120));

  let latest = 0;
  async function load() {
    const mine = (latest += 1);
    table.setAttribute("aria-busy", "true");
    try {
      const page = await get("/v1/ledger", { ...filters(), ...bandAsked(query.band), park: park.code, cursor: cursors.at(-1), limit: PAGE }, aborter.signal);
      if (mine !== latest) return;
      rows = page.items;
      rememberPeople(rows);
      showRun(page.run ?? null);
      showRows();
      foot.replaceChildren(...pager(page));
    } catch (error) {
      if (error.name !== "AbortError") table.replaceChildren(problemNote(error));
    } finally {
      table.removeAttribute("aria-busy");
    }
  }

  function showRows() {
    const wanted = words.value.toLowerCase();
    const shown = rows.filter((row) => wanted === "" || textOf(row).includes(wanted));
    if (shown.length === 0) {
      const of = rows;
      const filtered = wanted !== "" || FILTERS.some((name) => query[name]);
      const others = query.band ? null : h("a", { href: ledgerAddress({ ...filters(), band: "all" }) }, t("ledger.show_all"));
      const about = t(filtered ? "ledger.none.filtered" : "ledger.none.about");
      nothingNote(park, t("ledger.none"), about, aborter.signal).then(
        (note) => rows === of && table.replaceChildren(note, others ?? ""),
        (error) => error.name === "AbortError" || table.replaceChildren(problemNote(error)),
      );
    } else {
      table.replaceChildren(ledgerTable(shown, (row) => ledgerAddress(filters(), row.entry_id)));
    }
    if (wanted !== "") announce(t("list.found", shown.length));
  }

  function showRun(run) {
    lead.replaceChildren();
    if (!query.as_of) return;
    const which = run === null ? query.as_of : t("ledger.as_of.run", run.run_id, dayOf(run.started_at));
    const versions = run === null ? "" : t("ledger.as_of.versions", run.code_version, run.encoder_id, run.scorer);
    lead.append(
      h(
        "div",
        { class: "note past" },
        h("p", {}, h("b", {}, t("ledger.as_of", which)), versions && h("span", { class: "meta block" }, versions)),
        h("a", { href: ledgerAddress({ ...filters(), as_of: null }) }, t("ledger.as_of.leave")),
      ),
    );
  }

  function showBar() {
    stage.value = query.stage;
    standing.value = query.standing ?? "in_view";
    band.value = query.band;
    if (document.activeElement !== person.control) person.value = query.person;
    if (document.activeElement !== day.control) day.value = /-/.test(query.as_of ?? "") ? query.as_of : null;
    demand.hidden = !query.demand_id;
  }

  function pager(page) {
    if (cursors.length === 1 && page.next_cursor === null) return [];
    const turn = (to) => () => {
      cursors = to;
      load();
      document.getElementById("main").focus();
    };
    return [
      h("button", { type: "button", disabled: cursors.length === 1, onclick: turn(cursors.slice(0, -1)) }, t("page.before")),
      h("span", {}, t("page.number", cursors.length)),
      h("button", { type: "button", disabled: page.next_cursor === null, onclick: turn([...cursors, page.next_cursor]) }, t("page.after")),
    ];
  }

  /** What is open over the list is what the address names. */
  function open() {
    const wanted = query.add === undefined ? id : "add";
    if (wanted === shown) return;
    const left = shown;
    shown = wanted;
    drawer?.close();
    drawer = null;
    if (wanted === null) return focusRow(left);
    const onClose = () => {
      if (aborter.signal.aborted || shown !== wanted) return;
      shown = drawer = null;
      go({}, null);
      focusRow(wanted);
    };
    if (wanted === "add") {
      drawer = addPairDrawer({ park, demandId: Number(query.add) || null, onClose, onAdded: (entry) => load().then(() => go({}, entry.entry_id)) });
      return undefined;
    }
    const past = query.as_of ? (rows.find((row) => row.entry_id === id) ?? null) : null;
    drawer = entryDrawer({ id, past, onClose, onChange: replace });
    return undefined;
  }

  function focusRow(at) {
    (table.querySelector(`[data-entry="${at}"]`) ?? document.getElementById("main")).focus();
  }

  function replace(entry) {
    rows = rows.map((row) => (row.entry_id === entry.entry_id ? entry : row));
    rememberPeople(rows);
    showRows();
  }

  const demand = h("a", { href: ledgerAddress(), class: "button", onclick: () => go({ demand_id: null }) }, t("ledger.all_demands"));
  showBar();
  load().then(() => aborter.signal.aborted || open());
  return h(
    "div",
    { class: "column full" },
    h(
      "section",
      { class: "card ledger" },
      h(
        "div",
        { class: "page-head" },
        h("div", {}, h("h1", {}, t("nav.ledger")), h("p", { class: "help" }, t("ledger.about"))),
        h(
          "div",
          { class: "actions" },
          may("run_park") && h("a", { class: "button", href: "#/ledger?add=" }, t("add.open")),
          h("a", { class: "button", href: "#/sheets" }, t("sheets.open")),
        ),
      ),
      h("div", { class: "filters", role: "search", "aria-label": t("ledger.filters") }, stage.node, standing.node, band.node, person.node, words.node, day.node, demand),
      lead,
      table,
      foot,
      may("run_park") && handOver({ park, person: query.person, onDone: load }),
    ),
  );
}

const PAIR = ["demand_title", "demand_code", "demand_organisation", "achievement_title", "achievement_code", "achievement_organisation"];
const WRITTEN = Object.keys(COLUMNS).filter((name) => COLUMNS[name].group !== undefined && COLUMNS[name].kind === "text");

function textOf(row) {
  return [...PAIR, ...WRITTEN].map((name) => row[name] ?? "").join("\n").toLowerCase();
}
