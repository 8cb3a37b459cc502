/** Ranked matches, each with its three figures and why it matches. */

import { get } from "./api.js";
import { bandTag, isLikely } from "./band.js";
import { h } from "./dom.js";
import { exploredTag } from "./explored.js";
import { figure, t } from "./i18n.js";
import { listingFields } from "./fields.js";
import { busyNote, emptyNote, problemNote } from "./notes.js";
import { parkName } from "./parks.js";
import { repeatsNote } from "./repeats.js";

/** What the contributions mean, once above the list. */
export function legend(items) {
  const names = [...new Set(items.flatMap((item) => Object.keys(item.contributions)))];
  return h(
    "ul",
    { class: "legend", "aria-label": t("match.legend") },
    names.map((name) =>
      h("li", { title: t(`feature.${name}.about`) }, h("i", { class: `swatch part-${name}` }), t(`feature.${name}`)),
    ),
  );
}

/** An ordered list of matches; `side` is the list the shown item stands on: achievements or demands. */
export function matchList(items, side) {
  return h("ol", { class: "matches" }, items.map((item) => h("li", {}, matchCard(item, side))));
}

function matchCard(item, side) {
  const one = side === "achievements" ? "achievement" : "demand";
  const meta = [item[`${one}_organisation`], item[`${one}_code`], side === "demands" && item.park ? parkName(item.park) : null];
  const title = item[`${one}_title`];
  return h(
    "article",
    { class: "match", "aria-label": `${item.rank}. ${title}` },
    h("span", { class: "rank", "aria-hidden": "true" }, item.rank),
    h(
      "div",
      { class: "match-head" },
      h("h4", {}, title),
      h("p", { class: "meta" }, meta.filter(Boolean).map((text) => h("span", {}, text)), bandTag(item), exploredTag(item)),
      side === "achievements" && repeatsNote(side, item.also),
    ),
    figureList(item),
    why(item, disclosure(side, item[`${one}_id`])),
  );
}

/** The three figures of a match, each under its name. */
export function figureList(item) {
  return h(
    "dl",
    { class: "figures" },
    namedFigure("similarity", figure(item.similarity)),
    namedFigure("score", figure(item.score), "strong"),
    item.probability === null
      ? namedFigure("probability", t("probability.none"), "none")
      : namedFigure("probability", figure(item.probability)),
  );
}

function namedFigure(name, value, look = "") {
  return h(
    "div",
    { class: `figure ${look}`, title: t(`${name}.about`) },
    h("dt", {}, t(name)),
    h("dd", {}, value),
  );
}

/** Bars that add up to the score on a scale from 0 to 1, the same sum in figures, and the shared phrases. */
export function why(item, { button = null, body = null } = {}) {
  const parts = Object.entries(item.contributions).filter(([, value]) => figure(Math.abs(value)) !== figure(0));
  const bar = h("div", { class: "bar", "aria-hidden": "true" });
  for (const [name, value] of parts) {
    const part = h("i", { class: `part-${name}` });
    part.style.width = `${Math.max(value, 0) * 100}%`;
    bar.append(part);
  }
  const sum = parts.flatMap(([name, value], place) => [
    (place > 0 || value < 0) && h("span", { class: "operator" }, value < 0 ? "−" : "+"),
    h("span", { class: "term" }, t(`feature.${name}`), " ", h("b", {}, figure(Math.abs(value)))),
  ]);
  return h(
    "div",
    { class: "why" },
    bar,
    h("p", { class: "sum" }, sum, h("span", { class: "whole" }, h("span", { class: "operator" }, "="), " ", h("b", {}, figure(item.score)))),
    h(
      "div",
      { class: "phrases" },
      h("span", { class: "phrases-name" }, t("match.phrases")),
      item.terms.length > 0
        ? h("ul", {}, item.terms.map((term) => h("li", {}, term)))
        : h("span", { class: "meta" }, t("match.no_phrases")),
      button,
    ),
    body,
  );
}

/** The item itself, read when its button is first pressed. */
function disclosure(side, id) {
  const body = h("div", { class: "match-more", hidden: true });
  const name = h("span", {}, t(`match.open.${side}`));
  const button = h("button", { type: "button", class: "link open", "aria-expanded": "false" }, name);
  button.addEventListener("click", async () => {
    body.hidden = !body.hidden;
    button.setAttribute("aria-expanded", String(!body.hidden));
    name.textContent = t(body.hidden ? `match.open.${side}` : "match.close");
    if (body.childElementCount > 0) return;
    body.append(busyNote());
    try {
      body.replaceChildren(listingFields(side, await get(`/v1/${side}/${id}`)));
    } catch (error) {
      body.replaceChildren(problemNote(error));
    }
  });
  return { button, body };
}

/** A titled section of matches, or why there are none; what is not likely is folded away, where it is to `fold`. */
export function matchSection(title, answer, side, { fold = true } = {}) {
  const { items, reason } = answer;
  const likely = items.filter((item) => !fold || isLikely(item));
  const others = items.filter((item) => !likely.includes(item));
  return h(
    "section",
    { class: "found" },
    h(
      "div",
      { class: "found-head" },
      h("h3", {}, title, items.length > 0 && h("span", { class: "count" }, items.length)),
      items.length > 0 && legend(items),
    ),
    likely.length === 0 && emptyNote(t(items.length > 0 ? "match.none_likely" : "match.none"), reason),
    likely.length > 0 && matchList(likely, side),
    others.length > 0 && h("details", { class: "folded" }, h("summary", {}, t("match.others", others.length)), matchList(others, side)),
  );
}
