/** The console: who is signed in, which park, which page; the address after # names the page. */

import { Problem, get, post, remove } from "./api.js";
import { h } from "./dom.js";
import { importPage } from "./import.js";
import { language, setLanguage, t } from "./i18n.js";
import { listingsPage } from "./listings.js";
import { matchPage } from "./match.js";
import { problemNote } from "./notes.js";
import { rememberParks } from "./parks.js";
import { runsPage, runState } from "./runs.js";
import { signInPage } from "./sign-in.js";

const PAGES = {
  demands: (context) => listingsPage("demands", context),
  achievements: (context) => listingsPage("achievements", context),
  match: matchPage,
  import: importPage,
  runs: runsPage,
};
const WRITERS = ["admin", "operator"];

const root = document.getElementById("console");
const state = { session: null, parks: [], park: null };
let leave = () => {};

function route() {
  const [page, id] = location.hash.replace(/^#\/?/, "").split("/");
  return { page: Object.hasOwn(PAGES, page) ? page : "demands", id: /^\d+$/.test(id ?? "") ? Number(id) : null };
}

function choosePark(code) {
  state.park = state.parks.find((one) => one.code === code) ?? state.parks[0] ?? null;
  if (state.park) localStorage.setItem("matcher.park", state.park.code);
}

async function enter(session) {
  state.session = session;
  state.parks = (await get("/v1/parks")).items;
  rememberParks(state.parks);
  choosePark(localStorage.getItem("matcher.park"));
  render();
}

async function signOut() {
  await remove("/v1/session").catch(() => {});
  state.session = null;
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
        if (route().page === "demands" && route().id !== null) location.hash = "#/demands";
        else render();
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
  const pages = Object.keys(PAGES).filter((one) => one !== "import" || WRITERS.includes(state.session.role));
  return [
    h("a", { class: "skip", href: "#main", onclick: skip }, t("skip")),
    h(
      "header",
      { class: "top" },
      h("a", { class: "brand", href: "#/demands" }, h("img", { src: "/static/console/mark.svg", alt: "" }), h("span", {}, t("brand"))),
      parkSelect(),
      h(
        "nav",
        { "aria-label": t("nav") },
        pages.map((one) =>
          h("a", { href: `#/${one}`, "aria-current": one === page ? "page" : null }, t(`nav.${one}`)),
        ),
      ),
      h(
        "div",
        { class: "me" },
        runState(),
        languageButton(),
        h("span", { class: "who", title: t(`role.${state.session.role}`) }, state.session.name),
        h("button", { type: "button", class: "quiet", onclick: signOut }, t("sign_out")),
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
  if (state.session === null) {
    document.title = t("brand");
    root.replaceChildren(...signInPage({ enter, languageButton: languageButton() }));
    return;
  }
  const { page, id } = route();
  document.title = `${t(`nav.${page}`)} · ${t("brand")}`;
  const context = {
    id,
    park: state.park,
    session: state.session,
    render,
    onLeave: (act) => {
      leave = act;
    },
  };
  const needsPark = page !== "achievements" && page !== "runs" && state.park === null;
  const body = needsPark ? problemNote(null, t("no_parks"), t("no_parks.remedy")) : PAGES[page](context);
  root.replaceChildren(...shell(page, body));
  root.querySelector("nav [aria-current]").scrollIntoView({ block: "nearest", inline: "nearest" });
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
  else render();
});
window.addEventListener("signed-out", () => {
  state.session = null;
  render();
});
start();
