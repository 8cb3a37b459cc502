/**
 * <matcher-results src="https://host" demand="12" token="…" lang="zh-CN" top="5"> shows a demand's ranked
 * matches in any page. `src` is this script's home if left out; `token` is of POST /v1/embed-tokens.
 * Events: matcher-loaded {items, reason}, matcher-error {code, message}; both bubble.
 * Parts: list item rank title explored organisation figures figure terms term status retry others.
 * Properties: --matcher-accent -text -muted -border -background -radius -font.
 */
(() => {
  // A module has no currentScript.
  const SCRIPT = document.currentScript ?? document.querySelector('script[src*="/matcher-results.js"]');
  const HOME = new URL("..", SCRIPT?.src ?? location).href;

  const TEXTS = {
    loading: ["正在读取匹配结果…", "Loading matches…"],
    none: ["暂无匹配结果", "No matches"],
    similarity: ["相似度", "similarity"],
    score: ["得分", "score"],
    probability: ["概率", "probability"],
    uncalibrated: ["未校准", "not calibrated"],
    terms: ["共有词语", "Shared phrases"],
    explored: ["探索", "explored"],
    why_explored: ["得分不在最前，为了解它而列出", "Shown to learn about it"],
    list: ["匹配的科技成果", "Matching achievements"],
    retry: ["重试", "Try again"],
    none_likely: ["没有可信的匹配", "No match is likely"],
    others: ["其余 {} 条", "The other {}"],
    incomplete: ["缺少 demand 或 token 属性。", "The attribute demand or token is missing."],
    expired: ["访问令牌已过期；请刷新页面，或联系本页的管理员。", "The access token has expired: reload the page, or ask who runs it."],
    origin_not_allowed: ["访问令牌不允许本页来源 {}。", "The access token does not allow this page's origin, {}."],
    unreachable: ["连不上匹配服务，请稍后再试。", "The matching service does not answer; try again later."],
    failed: ["匹配服务返回错误（{}）。", "The matching service answered with an error ({})."],
  };

  const STYLE = `
    :host { display: block; color: var(--matcher-text, #18222b); background: var(--matcher-background, #fff);
      font: 14px/1.6 var(--matcher-font, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", system-ui, sans-serif);
      font-variant-numeric: tabular-nums; border: 1px solid var(--matcher-border, #dfe4e6);
      border-radius: var(--matcher-radius, 8px); overflow: hidden; }
    :host([hidden]) { display: none; }
    ol, ul, dl, dd, p { margin: 0; padding: 0; list-style: none; }
    .item { display: grid; grid-template-columns: 1.6em minmax(0, 1fr) auto; gap: 4px 12px; padding: 13px 18px; }
    .item + .item { border-top: 1px solid var(--matcher-border, #dfe4e6); }
    .rank { font-weight: 600; color: var(--matcher-accent, #14566b); text-align: right; }
    .title { font-weight: 600; overflow-wrap: anywhere; }
    .explored { margin-left: 8px; font-weight: 400; }
    .organisation, dt { color: var(--matcher-muted, #55626e); font-size: 13px; }
    dl { display: flex; gap: 16px; text-align: right; }
    dt { font-size: 12px; line-height: 1.4; }
    .score { font-weight: 600; color: var(--matcher-accent, #14566b); }
    .terms { grid-column: 2 / -1; display: flex; flex-wrap: wrap; gap: 5px; }
    .term, .explored { padding: 0 7px; border: 1px solid var(--matcher-border, #dfe4e6); border-radius: 4px; font-size: 12px; }
    .others { border-top: 1px solid var(--matcher-border, #dfe4e6); }
    summary { padding: 10px 18px; color: var(--matcher-accent, #14566b); cursor: pointer; }
    .status { padding: 22px 18px; text-align: center; color: var(--matcher-muted, #55626e); }
    .status b { display: block; color: var(--matcher-text, #18222b); }
    .status.error { color: #a1261f; }
    button { font: inherit; margin-top: 8px; padding: 3px 14px; border: 1px solid currentColor; border-radius: 5px;
      background: none; color: inherit; cursor: pointer; }
    :focus-visible { outline: 2px solid var(--matcher-accent, #14566b); outline-offset: 2px; }
    @container (max-width: 460px) { .item { grid-template-columns: 1.6em minmax(0, 1fr); }
      dl { grid-column: 2; text-align: left; } }
    .root { container-type: inline-size; }`;

  /** An element of class and part `name`; children are text or nodes, never markup. */
  function h(tag, name, ...children) {
    const node = document.createElement(tag);
    if (name) Object.assign(node, { className: name }).setAttribute("part", name);
    node.append(...children.filter((one) => one !== null));
    return node;
  }

  /** What a token says of itself, to explain a refusal. */
  function claimsOf(token) {
    try {
      const body = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(body), (sign) => sign.charCodeAt(0))));
    } catch {
      return {};
    }
  }

  /** Whether a match is likely, or has no probability by which it could be told. */
  const isLikely = ({ band }) => band === "likely" || band === null;

  class MatcherResults extends HTMLElement {
    static observedAttributes = ["src", "demand", "token", "lang", "top"];
    #root = h("div", "root");
    #request = null;
    #queued = false;

    constructor() {
      super();
      const shadow = this.attachShadow({ mode: "open" });
      shadow.adoptedStyleSheets = [new CSSStyleSheet()];
      shadow.adoptedStyleSheets[0].replaceSync(STYLE);
      shadow.append(this.#root);
    }

    connectedCallback() {
      this.#queue();
    }

    disconnectedCallback() {
      this.#request?.abort();
    }

    attributeChangedCallback() {
      this.#queue();
    }

    /** Ask again. */
    reload() {
      this.#queue();
    }

    /** Attributes set in one go are one request. */
    #queue() {
      if (this.#queued) return;
      this.#queued = true;
      queueMicrotask(() => {
        this.#queued = false;
        if (this.isConnected) this.#load();
      });
    }

    get #chinese() {
      return !/^en/i.test(this.getAttribute("lang") ?? "zh-CN");
    }

    #t(key, value = "") {
      return TEXTS[key][this.#chinese ? 0 : 1].replace("{}", value);
    }

    async #load() {
      this.#request?.abort();
      const { signal } = (this.#request = new AbortController());
      const [demand, token] = [this.getAttribute("demand"), this.getAttribute("token")];
      if (!demand || !token) return this.#fail("incomplete", this.#t("incomplete"));
      this.#status(this.#t("loading"));
      try {
        const url = new URL(`v1/embed/demands/${encodeURIComponent(demand)}/matches`, (this.getAttribute("src") || HOME).replace(/\/*$/, "/"));
        const headers = { Authorization: `Bearer ${token}`, "Accept-Language": this.#chinese ? "zh-CN" : "en" };
        const response = await fetch(url, { headers, signal, credentials: "omit" });
        const answer = await response.json();
        if (signal.aborted) return undefined;
        return response.ok ? this.#show(answer) : this.#refused(response.status, answer, token);
      } catch (error) {
        return signal.aborted ? undefined : this.#refused(0, {}, token, error);
      }
    }

    /** Browsers hide a refusal from an origin that is not allowed: the token's own words explain it. */
    #refused(status, problem, token) {
      const { exp, origins } = claimsOf(token);
      if ((status === 0 || status === 401) && exp * 1000 <= Date.now()) return this.#fail("expired", this.#t("expired"));
      if ((status === 0 || status === 403) && origins && !origins.includes(self.origin)) {
        return this.#fail("origin_not_allowed", this.#t("origin_not_allowed", self.origin));
      }
      if (status === 0) return this.#fail("unreachable", this.#t("unreachable"), true);
      const text = (this.#chinese ? problem.detail_zh : problem.detail_en) ?? problem.detail ?? this.#t("failed", status);
      return this.#fail(problem.code ?? `http_${status}`, text, status >= 500);
    }

    #show({ items, reason }) {
      const top = Number.parseInt(this.getAttribute("top"), 10);
      const shown = top > 0 ? items.slice(0, top) : items;
      if (shown.length === 0) {
        this.#status(reason ? (this.#chinese ? reason.zh : reason.en) : "", h("b", "", this.#t("none")));
      } else {
        const [likely, others] = [shown.filter(isLikely), shown.filter((item) => !isLikely(item))];
        if (likely.length > 0) this.#root.replaceChildren(this.#list(likely));
        else this.#status(reason ? (this.#chinese ? reason.zh : reason.en) : "", h("b", "", this.#t("none_likely")));
        if (others.length > 0) {
          const summary = h("summary", "", this.#t("others", String(others.length)));
          this.#root.append(h("details", "others", summary, this.#list(others)));
        }
      }
      this.#tell("matcher-loaded", { items: shown, reason });
    }

    #list(items) {
      const list = h("ol", "list", ...items.map((item) => this.#item(item)));
      list.setAttribute("aria-label", this.#t("list"));
      return list;
    }

    #item({ rank, achievement_title: title, achievement_organisation: organisation, similarity, score, probability, terms, explored }) {
      const figure = (name, value) => h("div", "figure", h("dt", "", this.#t(name)), h("dd", name, value));
      const figures = h(
        "dl",
        "figures",
        figure("similarity", similarity.toFixed(3)),
        figure("score", score.toFixed(3)),
        figure("probability", probability === null ? this.#t("uncalibrated") : probability.toFixed(3)),
      );
      const mark = explored ? h("span", "explored", this.#t("explored")) : null;
      if (mark) mark.title = this.#t("why_explored");
      const head = h("div", "", h("div", "title", title, mark), organisation ? h("div", "organisation", organisation) : null);
      const phrases = terms.length > 0 ? h("ul", "terms", ...terms.map((term) => h("li", "term", term))) : null;
      phrases?.setAttribute("aria-label", this.#t("terms"));
      return h("li", "item", h("span", "rank", String(rank)), head, figures, phrases);
    }

    #status(text, head = null) {
      const status = h("p", "status", head, text);
      status.setAttribute("role", "status");
      this.#root.replaceChildren(status);
      return status;
    }

    #fail(code, message, mayRetry = false) {
      const status = this.#status(message);
      status.classList.add("error");
      status.setAttribute("role", "alert");
      if (mayRetry) {
        const retry = h("button", "retry", this.#t("retry"));
        retry.addEventListener("click", () => this.reload());
        status.append(h("br", ""), retry);
      }
      this.#tell("matcher-error", { code, message });
    }

    #tell(name, detail) {
      this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
    }
  }

  if (!customElements.get("matcher-results")) customElements.define("matcher-results", MatcherResults);
})();
