/** The console: who is signed in, which park, which page; the address after # names the page. */

import { abstentionsPage } from "./abstentions.js";
import { Problem, get, post, remove } from "./api.js";
import { h } from "./dom.js";
import { forgetDrafts } from "./drafts.js";
import { gradesPage } from "./grades.js";
import { importPage } from "./import.js";
import { code, language, setLanguage, t } from "./i18n.js";
import { ledgerPage } from "./ledger.js";
import { listingsPage } from "./listings.js";
import { matchPage } from "./match.js";
import { problemNote } from "./notes.js";
import { rememberParks } from "./parks.js";
import { forgetPeople } from "./people.js";
import { may, rememberRights } from "./rights.js";
import { routeOf } from "./route.js";
import { rulesPage } from "./rules.js";
import { runsPage, runState } from "./runs.js";
import { sheetsPage } from "./sheets.js";
import { signInPage } from "./sign-in.js";
import { todayPage } from "./today.js";

/** Page → who may see it, what makes it, and the page it belongs to in the navigation. */
const PAGES = {
  today: { right: "read_park", make: todayPage },
  ledger: { right: "read_park", make: ledgerPage },
  sheets: { right: "read_park", make: sheetsPage, under: "ledger" },
  abstentions: { right: "read_park", make: abstentionsPage },
  demands: { right: "read_park", make: (context) => listingsPage("demands", context) },
  achievements: { right: "read_supply", make: (context) => listingsPage("achievements", context), park: false },
  grades: { right: "read_supply", make: gradesPage, park: false },
  match: { right: "read_park", make: matchPage },
  import: { right: "write_demands", make: importPage },
  rules: { right: "read_park", make: rulesPage },
  runs: { right: "read_park", make: runsPage, park: false },
};

const root = document.getElementById("console");
const state = { session: null, parks: [], park: null };
let leave = () => {};
let move = null;

const allowed = () => Object.keys(PAGES).filter((page) => may(PAGES[page].right));

function route() {
  const asked = routeOf(location.hash);
  return allowed().includes(asked.page) ? asked : { page: allowed()[0], id: null, query: {} };
}

function choosePark(code) {
  state.park = state.parks.find((one) => one.code === code) ?? state.parks[0] ?? null;
  if (state.park) localStorage.setItem("matcher.park", state.park.code);
}

async function enter(session) {
  state.session = session;
  rememberRights(session);
  state.parks = (await get("/v1/parks")).items;
  rememberParks(state.parks);
  choosePark(localStorage.getItem("matcher.park"));
  render();
}

async function signOut() {
  await remove("/v1/session").catch(() => {});
  signedOut();
  forgetDrafts();
}

function signedOut() {
  state.session = null;
  forgetPeople();
  render();
}

function parkSelect() {
  if (state.parks.length === 0) return null;
  const select = h(
    "select",
    {
      id: "park",
      onchange: () => {
        choosePark(select.value);
        const { page, id, query } = route();
        const isOfPark = PAGES[page].park !== false && (id !== null || Object.keys(query).length > 0);
        if (isOfPark) location.hash = `#/${page}`;
        render();
      },
    },
    state.parks.map((park) => h("option", { value: park.code, selected: park === state.park }, park.name)),
  );
  return h("div", { class: "park" }, h("label", { for: "park" }, t("park")), select);
}

function languageButton() {
  const other = language() === "zh-CN" ? "en" : "zh-CN";
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      lang: other,
      id: "language",
      onclick: () => {
        setLanguage(other);
        render();
        document.getElementById("language").focus();
      },
    },
    other === "en" ? "English" : "中文",
  );
}

function shell(page, body) {
  const shown = PAGES[page].under ?? page;
  return [
    h("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
    h(
      "header",
      { class: "top" },
      h("a", { class: "brand", href: "#/" }, h("img", { src: "static/console/mark.svg", alt: "" }), h("span", {}, t("brand"))),
      parkSelect(),
      h(
        "div",
        { class: "me" },
        may("read_park") && runState(),
        languageButton(),
        h("span", { class: "who", title: code("role", state.session.role) }, state.session.name),
        h("button", { type: "button", class: "quiet", onclick: signOut }, t("sign_out")),
      ),
      h(
        "nav",
        { "aria-label": t("nav") },
        allowed()
          .filter((one) => PAGES[one].under === undefined)
          .map((one) => h("a", { href: `#/${one}`, "aria-current": one === shown ? "page" : null }, t(`nav.${one}`))),
      ),
    ),
    h("main", { id: "main", tabindex: "-1", class: `page page-${page}` }, body),
  ];
}

function skip(event) {
  event.preventDefault();
  document.getElementById("main").focus();
}

function render() {
  leave();
  leave = () => {};
  move = null;
  if (state.session === null) {
    document.title = t("brand");
    root.replaceChildren(...signInPage({ enter, languageButton: languageButton() }));
    return;
  }
  const shown = route();
  const { page } = shown;
  document.title = `${t(`nav.${page}`)} · ${t("brand")}`;
  const context = {
    id: shown.id,
    route: shown,
    park: state.park,
    session: state.session,
    render,
    onLeave: (act) => {
      leave = act;
    },
    onMove: (act) => {
      move = { page, act };
    },
  };
  const needsPark = PAGES[page].park !== false && state.park === null;
  const body = needsPark ? problemNote(null, t("no_parks"), t("no_parks.remedy")) : PAGES[page].make(context);
  root.replaceChildren(...shell(page, body));
  root.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/** Another address: a page that can follow by itself does, so that what is typed in it stays. */
function navigate() {
  const to = route();
  if (state.session !== null && move?.page === to.page) move.act(to);
  else render();
}

/** Take the one-time login of a printed link out of the address; null where there is none. */
function tokenFromAddress() {
  const token = new URLSearchParams(location.hash.slice(1)).get("login");
  if (token !== null) history.replaceState(null, "", location.pathname);
  return token;
}

async function start() {
  setLanguage(language());
  const token = tokenFromAddress();
  try {
    await enter(token === null ? await get("/v1/session") : await post("/v1/session", { json: { token } }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    state.session = null;
    render();
    if (token !== null || error.status !== 401) root.querySelector("form").prepend(problemNote(error));
  }
}

window.addEventListener("hashchange", () => {
  if (location.hash.startsWith("#login=")) start();
  else navigate();
});
window.addEventListener("signed-out", signedOut);
start();
