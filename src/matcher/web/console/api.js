/** The REST interface as this page uses it: JSON, uploads and downloads, with every failure as a Problem. */

import { fieldName, inLanguage, t } from "./i18n.js";

/** Where the service is found: the page may lie under a path of its own. */
const HOME = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

/** A failed request: RFC 9457 problem details, or no answer at all (status 0). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail_en ?? body.title ?? `HTTP ${status}`);
    this.status = status;
    this.code = body.code ?? `http_${status}`;
    this.body = body;
  }

  /** What the service says, in the language of the page. */
  get text() {
    return inLanguage(this.body.detail_zh, this.body.detail_en) ?? this.body.detail ?? this.message;
  }

  /** What is wrong, by the field it is about: [[field, text], …]. */
  get fields() {
    const errors = (this.body.errors ?? []).filter((one) => one.field);
    if (errors.length > 0) return errors.map((one) => [one.field, inLanguage(one.detail_zh, one.detail_en) ?? ""]);
    return this.body.field ? [[this.body.field, this.text]] : [];
  }

  /** One line for each field that is wrong. */
  get lines() {
    return (this.body.errors ?? []).map((one) => {
      const text = inLanguage(one.zh ?? one.detail_zh, one.en ?? one.detail_en) ?? one.detail ?? one.message ?? "";
      return one.field ? `${fieldName(one.field)}${inLanguage("：", ": ")}${text}` : text;
    });
  }
}

/** Send a request and return the answer, or throw a Problem; a lost session is also told to the window. */
async function send(method, path, { json, form, signal, headers = {} } = {}) {
  if (json !== undefined) headers = { ...headers, "Content-Type": "application/json" };
  let response;
  try {
    response = await fetch(HOME + path, {
      method,
      headers,
      signal,
      body: form ?? (json === undefined ? undefined : JSON.stringify(json)),
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { code: "unreachable", detail: t("error.unreachable") });
  }
  if (response.ok) return response;
  const body = await response.json().catch(() => ({ detail: `HTTP ${response.status}` }));
  if (response.status === 401 && !path.startsWith("/v1/session")) window.dispatchEvent(new Event("signed-out"));
  throw new Problem(response.status, body);
}

/** The address with the values of `query` that are given. */
export function address(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given).toString();
  return search ? `${path}?${search}` : path;
}

/** GET a JSON document. */
export async function get(path, query = {}, signal = undefined) {
  return (await send("GET", address(path, query), { signal })).json();
}

/** POST JSON or a form, and return the JSON answer (null where there is none). */
export async function post(path, { json, form, signal } = {}) {
  const response = await send("POST", path, { json, form, signal });
  return response.status === 204 ? null : response.json();
}

/** Change something that others may change, too: answered 412 where `version` is no longer the newest.
 *
 *  The request carries an Idempotency-Key, so that it can be sent again when no answer came.
 */
export async function change(method, path, { json, version = null }) {
  const headers = { "Idempotency-Key": freshKey() };
  if (version !== null) headers["If-Match"] = `"${version}"`;
  const once = () => send(method, path, { json, headers });
  const response = await once().catch((error) => {
    if (error.status !== 0) throw error;
    return once();
  });
  return response.status === 204 ? null : response.json();
}

function freshKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** DELETE a resource. */
export async function remove(path) {
  await send("DELETE", path);
}

/** Save what a request answers as a file. */
export async function download(method, path, { form, name }) {
  const response = await send(method, path, { form });
  const from = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = from;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(from), 10_000);
}
