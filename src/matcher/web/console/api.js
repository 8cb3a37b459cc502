/** The REST interface as this page uses it: JSON, uploads and downloads, with every failure as a Problem. */

import { inLanguage, t } from "./i18n.js";

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

  /** One line for each field that is wrong. */
  get lines() {
    return (this.body.errors ?? []).map((one) => {
      const text = inLanguage(one.zh ?? one.detail_zh, one.en ?? one.detail_en) ?? one.detail ?? one.message ?? "";
      return one.field ? `${one.field}: ${text}` : text;
    });
  }
}

/** Send a request and return the answer, or throw a Problem; a lost session is also told to the window. */
async function send(method, path, { json, form, signal } = {}) {
  const headers = {};
  if (json !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
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

/** GET a JSON document. */
export async function get(path, query = {}, signal = undefined) {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined && value !== "");
  const search = new URLSearchParams(given).toString();
  const response = await send("GET", search ? `${path}?${search}` : path, { signal });
  return response.json();
}

/** POST JSON or a form, and return the JSON answer (null where there is none). */
export async function post(path, { json, form, signal } = {}) {
  const response = await send("POST", path, { json, form, signal });
  return response.status === 204 ? null : response.json();
}

/** DELETE a resource. */
export async function remove(path) {
  await send("DELETE", path);
}

/** Save what a request answers as a file. */
export async function download(method, path, { form, name }) {
  const response = await send(method, path, { form });
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
