/** The page's words, Chinese first; the chosen language is kept and set on the document. */

import { CODES, COLUMNS, FIELDS } from "./codes.js";
import { TEXTS as LISTS } from "./texts.js";
import { TEXTS as RULES } from "./texts-rules.js";
import { TEXTS as WHY } from "./texts-why.js";
import { TEXTS as WORK } from "./texts-work.js";

const TEXTS = { ...LISTS, ...WORK, ...RULES, ...WHY };

const LANGUAGES = ["zh-CN", "en"];
const BEIJING = "Asia/Shanghai";

/** The language in use: zh-CN or en. */
export function language() {
  const stored = localStorage.getItem("matcher.language");
  return LANGUAGES.includes(stored) ? stored : "zh-CN";
}

/** Keep the language, and say it to browsers and screen readers. */
export function setLanguage(tag) {
  localStorage.setItem("matcher.language", tag);
  document.documentElement.lang = tag;
}

/** The one of two texts that is in the language in use; the other where that is missing. */
export function inLanguage(zh, en) {
  return (language() === "zh-CN" ? (zh ?? en) : (en ?? zh)) ?? undefined;
}

/** A text of the table, with each {} replaced by the next value; a key that is not in the table is shown as it is. */
export function t(key, ...values) {
  if (!Object.hasOwn(TEXTS, key)) return key.split(".").at(-1);
  const rest = [...values];
  return inLanguage(...TEXTS[key]).replace(/\{\}/g, () => String(rest.shift()));
}

/** Whether the table holds a text of this key. */
export function isKnown(key) {
  return Object.hasOwn(TEXTS, key);
}

/** What people read for a code of the service: code("stage", "pending"); an unknown code is shown as it is. */
export function code(kind, name) {
  const words = CODES[kind]?.[name];
  return words === undefined ? (name ?? "") : inLanguage(...words);
}

/** What people call a field within others, such as `items.0.version`; a name that nobody knows is quoted. */
export function fieldName(path) {
  const step = (name) => {
    if (/^\d+$/.test(name)) return inLanguage(`第 ${Number(name) + 1} 项`, `item ${Number(name) + 1}`);
    return Object.hasOwn(FIELDS, name) ? inLanguage(...FIELDS[name]) : `“${name}”`;
  };
  return path.split(".").map(step).join(inLanguage("的", ", "));
}

/** What people call a column of the ledger; one that the service does not know is shown as it is. */
export function column(name) {
  return Object.hasOwn(COLUMNS, name) ? inLanguage(...COLUMNS[name].words) : name;
}

/** Words in a row, as the language joins them. */
export function listed(words) {
  return words.join(language() === "zh-CN" ? "、" : ", ");
}

/** A figure of a match, to three decimals, so that columns of figures line up. */
export function figure(value) {
  return value.toFixed(3);
}

/** An amount that is stored in 万元 (10,000 yuan), or 面议. */
export function amount({ low, high, negotiable, text }) {
  if (negotiable) return t("money.negotiable");
  const range = [...new Set([low, high].filter((one) => one !== null))];
  if (range.length === 0) return text;
  const number = new Intl.NumberFormat(language());
  if (language() === "en") return `CNY ${range.map((one) => number.format(one * 10_000)).join("–")}`;
  return `${range.map((one) => number.format(one)).join("–")} 万元`;
}

/** A moment in Beijing time. */
export function moment(iso) {
  const zoned = { timeZone: BEIJING };
  const at = new Date(iso);
  const day = at.toLocaleDateString("sv-SE", zoned);
  const time = at.toLocaleTimeString(language(), { ...zoned, hour: "2-digit", minute: "2-digit", hour12: false });
  return day === new Date().toLocaleDateString("sv-SE", zoned) ? time : `${day} ${time}`;
}

/** The day it is in Beijing, as YYYY-MM-DD. */
export function today() {
  return new Date().toLocaleDateString("sv-SE", { timeZone: BEIJING });
}

/** How many days a day (YYYY-MM-DD) lies ahead; negative when it is past. */
export function daysUntil(day) {
  return Math.round((Date.parse(day) - Date.parse(today())) / 86_400_000);
}

/** The day of a moment in Beijing, as YYYY-MM-DD. */
export function dayOf(iso) {
  return new Date(iso).toLocaleDateString("sv-SE", { timeZone: BEIJING });
}

/** Seconds between two moments; a dash while it goes on. */
export function duration(from, to) {
  if (!to) return "—";
  const seconds = (new Date(to) - new Date(from)) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
