/** The page's words, Chinese first; the chosen language is kept and set on the document. */

const TEXTS = {
  brand: ["供需对接", "Matcher"],
  "brand.about": [
    "把科研单位能供给的成果，与园区企业提出的需求，逐条比对，排出先后，说明理由。",
    "What research units can supply, matched with what park enterprises need: ranked, and with the reasons.",
  ],
  skip: ["跳到正文", "Skip to content"],
  nav: ["页面", "Pages"],
  park: ["园区", "Park"],
  loading: ["正在读取…", "Loading…"],
  back: ["‹ 返回清单", "‹ Back to the list"],
  sign_in: ["登录", "Sign in"],
  sign_out: ["退出", "Sign out"],
  "sign_in.key": ["访问密钥", "Access key"],
  "sign_in.help": [
    "密钥以 mk_ 开头，由管理员用 matcher keys 签发。在本机启动服务时，终端里打印的链接可直接登录。",
    "A key starts with mk_; an administrator issues it with `matcher keys`. The link printed when the service starts signs you in directly.",
  ],
  "error.unreachable": ["连不上服务；请检查网络，或确认服务正在运行。", "The service does not answer: check the network, or that it is running."],
  no_parks: ["还没有您可以查看的园区。", "There is no park you may see yet."],
  "no_parks.remedy": [
    "管理员可运行 matcher park add 代码 --name 名称 新增园区，或为您的密钥开通园区。",
    "An administrator adds one with `matcher park add CODE --name NAME`, or opens one to your key.",
  ],

  "nav.demands": ["企业需求", "Demands"],
  "nav.achievements": ["科技成果", "Achievements"],
  "nav.match": ["文本匹配", "Match a text"],
  "nav.import": ["导入清单", "Import"],
  "nav.runs": ["运行与台账", "Runs and ledger"],

  "role.admin": ["系统管理员", "administrator"],
  "role.operator": ["园区操作员", "park operator"],
  "role.reader": ["只读用户", "reader"],
  "role.batch": ["批处理", "batch"],
  "role.embed": ["嵌入页面", "embedded page"],

  "search.demands": ["搜索需求、企业或编号", "Search demands, enterprises or codes"],
  "search.achievements": ["搜索成果、单位或编号", "Search achievements, units or codes"],
  "list.title.demands": ["企业需求清单", "Demands"],
  "list.title.achievements": ["科技成果清单", "Achievements"],
  "list.empty.demands": ["没有可显示的需求", "No demands to show"],
  "list.empty.achievements": ["没有可显示的成果", "No achievements to show"],
  "list.empty.search": ["没有条目含有所搜的文字；请换个说法，或清空搜索。", "Nothing holds these words: try others, or clear the search."],
  "list.empty.import": ["清单还是空的；请在“导入清单”中上传。", "The list is empty: upload one under Import."],
  "list.found": ["共显示 {} 条", "{} shown"],
  "page.before": ["上一页", "Previous"],
  "page.after": ["下一页", "Next"],
  "page.number": ["第 {} 页", "Page {}"],
  "choose.demands": ["从左侧选择一条需求", "Choose a demand on the left"],
  "choose.demands.about": ["这里会列出与它匹配的成果，从最接近的排起，并说明每一条为什么匹配。", "The achievements that match it appear here, best first, each with the reasons."],
  "choose.achievements": ["从左侧选择一项成果", "Choose an achievement on the left"],
  "choose.achievements.about": ["这里会列出园区已发布的、这项成果可能满足的需求。", "The released demands that it may meet appear here."],
  "full_text.demands": ["需求全文", "Full text of the demand"],
  "full_text.achievements": ["成果简介", "About the achievement"],

  "status.withdrawn": ["已撤回", "withdrawn"],
  "status.expired": ["已过期", "expired"],
  "confidentiality.internal": ["内部", "internal"],
  "confidentiality.secret": ["涉密", "secret"],
  "kind.research": ["技术攻关", "joint research"],
  "kind.acquisition": ["成果引进", "acquisition of results"],
  "kind.scenario": ["应用场景", "application scenario"],
  "kind.pilot": ["概念验证/中试服务", "proof of concept or pilot"],
  "kind.challenge": ["揭榜", "open challenge"],

  "field.budget": ["预算", "Budget"],
  "field.price": ["拟转化金额", "Price"],
  "field.deadline": ["需求时限", "Needed by"],
  "field.industry": ["领域", "Field"],
  "field.maturity": ["成熟度", "Maturity"],
  "field.modes": ["合作方式", "Modes"],
  "field.region": ["地区", "Region"],
  "field.source_region": ["来源地", "Source region"],
  "field.laboratory": ["实验室", "Laboratory"],
  "field.valid_until": ["有效期至", "Valid until"],
  "field.organisation_nature": ["单位性质", "Nature"],
  "field.ip_type": ["知识产权", "IP"],
  "field.level": ["技术水平", "Level"],
  "field.form": ["体现形式", "Form"],
  "field.problems": ["拟解决的问题", "Problems"],
  "field.detail": ["需求详情", "Detail"],
  "field.targets": ["技术指标", "Targets"],
  "field.conditions": ["现有条件", "Conditions"],
  "field.abstract": ["简介", "Abstract"],
  "field.title_en": ["英文名称", "English title"],
  "field.abstract_en": ["英文简介", "English abstract"],
  "field.transfer_note": ["转化说明", "Transfer"],
  "field.keywords": ["关键词", "Keywords"],
  "field.no_text": ["清单中没有更多文字。", "The list says no more."],
  "money.negotiable": ["面议", "negotiable"],

  "match.title.demands": ["匹配的成果", "Matching achievements"],
  "match.title.achievements": ["可能满足的需求", "Demands it may meet"],
  "match.found.achievements": ["找到的成果", "Achievements found"],
  "match.found.demands": ["找到的需求", "Demands found"],
  "match.none": ["没有匹配结果", "No matches"],
  "match.none.text": ["清单中没有可比对的有效条目；请先导入清单。", "The list holds no live item to compare with: import one first."],
  "match.legend": ["得分由这些部分相加", "The score is the sum of these"],
  "match.phrases": ["共有词语", "Shared phrases"],
  "match.no_phrases": ["没有可列出的词语", "none worth listing"],
  "match.open.achievements": ["查看成果", "About this achievement"],
  "match.open.demands": ["查看需求", "About this demand"],
  "match.close": ["收起", "Close"],
  similarity: ["相似度", "Similarity"],
  "similarity.about": ["两段文字含义的接近程度（向量余弦），由模型给出", "How alike the texts are in meaning: the cosine of their embeddings"],
  score: ["得分", "Score"],
  "score.about": ["各部分贡献之和，在 0 到 1 之间，用于排序", "The sum of the contributions, from 0 to 1; ranks the matches"],
  probability: ["概率", "Probability"],
  "probability.about": ["经人工评价校准后的成功可能；没有评价时不给出", "Calibrated on people's grades; not stated until there are some"],
  "probability.none": ["未校准", "not calibrated"],
  "feature.dense": ["语义", "meaning"],
  "feature.dense.about": ["两边文字意思相近，不论用词是否相同", "Both texts mean something alike, whatever words they use"],
  "feature.lexical_text": ["全文用词", "wording"],
  "feature.lexical_text.about": ["两边全文用词相同", "Both texts share wording"],
  "feature.lexical_title": ["标题用词", "title wording"],
  "feature.lexical_title.about": ["两边标题用词相同", "Both titles share wording"],

  "match.heading": ["文本匹配", "Match a text"],
  "match.about": ["贴一段文字，立即与清单比对；不会写入清单或台账。第一行当作标题。", "Paste a text and compare it with the lists at once. Nothing is written. The first line counts as the title."],
  "match.side": ["这段文字是", "The text is"],
  "match.side.demand": ["一项需求，找科技成果", "a demand: find achievements"],
  "match.side.supply": ["一项成果，找{}的需求", "an achievement: find demands of {}"],
  "match.text": ["文字", "Text"],
  "match.placeholder": ["例如：低温液氢储罐的绝热与蒸发率控制\n希望把 40 立方米储罐的日蒸发率降到 0.3% 以下……", "For example: insulation and boil-off control of liquid hydrogen tanks"],
  "match.go": ["开始匹配", "Match"],

  "import.heading": ["导入清单", "Import a list"],
  "import.about": ["先预览，看清会改动什么、哪些单元格有问题，再确认导入。每次导入都可以整体撤销。", "Preview first: what would change, and which cells are bad. Every import can be undone as a whole."],
  "import.list": ["导入到", "Into"],
  "import.side.demands": ["{}的需求清单", "the demands of {}"],
  "import.side.achievements": ["全区科技成果清单", "the district's achievements"],
  "import.source": ["清单来源", "Whose list it is"],
  "import.source.example": ["例如：某某研究院", "e.g. Sample Institute"],
  "import.source.about": ["同一来源的清单互相更新，不影响其他来源。", "A list updates earlier ones of the same source, and no other."],
  "import.files": ["清单文件", "List files"],
  "import.choose": ["选择文件…", "Choose files…"],
  "import.drop": ["或拖到这里", "or drop them here"],
  "import.files.about": ["支持 .xlsx、.xls、.csv（UTF-8 或 GBK）、.jsonl；表头可以不在第一行。", ".xlsx, .xls, .csv (UTF-8 or GBK) and .jsonl; the header need not be in the first row."],
  "import.options": ["更多选项", "More options"],
  "import.full": ["这是完整清单：文件中没有的条目一并撤回", "This is the full list: withdraw what it leaves out"],
  "import.overwrite": ["以文件为准，覆盖系统中后来的修改", "Let the file win over later edits"],
  "import.renames": ["疑似改名的条目", "Probable renames"],
  "import.renames.ask": ["不导入，列出来待确认", "leave out and report"],
  "import.renames.same": ["视为同一条，更新原条目", "the same item: update it"],
  "import.renames.new": ["视为新条目", "new items"],
  "import.preview": ["预览", "Preview"],
  "import.preview.title": ["预览：尚未写入", "Preview: nothing written yet"],
  "import.preview.about": ["以下是确认后会发生的改动。", "This is what would change once you confirm."],
  "import.previewed": ["预览完成", "Preview ready"],
  "import.confirm": ["确认导入，改动 {} 条", "Import: {} changes"],
  "import.nothing": ["没有需要导入的改动", "Nothing would change"],
  "import.done": ["导入完成", "Imported"],
  "import.done.about": ["服务运行时，改动一般在一分钟内匹配完成；也可以立即匹配。", "A running service matches the changes within a minute; or match them now."],
  "import.rejects": ["下载未导入的行（改正后可再导入）", "Download the rejected rows (mend and import again)"],
  "import.rejects.name": ["未导入的行", "rejected rows"],
  "import.templates": ["空白模板：", "Blank templates:"],
  "import.template.demands": ["企业需求清单模板", "demands template"],
  "import.template.achievements": ["科技成果清单模板", "achievements template"],
  "import.undo": ["撤销", "Undo"],
  "import.undone": ["导入 {} 已撤销", "Import {} is undone"],
  "import.undone.about": ["它新增的条目已撤回，改动的条目已恢复原样。", "What it added is withdrawn; what it changed is as before."],
  "import.history": ["导入记录", "Past imports"],
  "import.history.none": ["还没有导入过清单", "No list has been imported yet"],
  "count.rows": ["读到", "Rows"],
  "count.created": ["新增", "New"],
  "count.updated": ["更新", "Updated"],
  "count.unchanged": ["不变", "Unchanged"],
  "count.withdrawn": ["撤回", "Withdrawn"],
  "count.rejected": ["未导入", "Rejected"],
  "history.no": ["编号", "No."],
  "history.when": ["时间", "When"],
  "history.list": ["清单", "List"],
  "history.files": ["文件", "Files"],
  "history.changes": ["改动", "Changes"],
  "history.actor": ["操作人", "By"],
  "history.act": ["操作", "Action"],
  "history.undone": ["已撤销", "undone"],
  "problems.none": ["没有发现有问题的单元格。", "No bad cells found."],
  "problems.title": ["有问题的单元格", "Bad cells"],
  "problems.more": ["另有 {} 处未列出；下载未导入的行可看到全部。", "{} more are not listed: download the rejected rows to see them all."],
  "problem.severity": ["结果", "Outcome"],
  "problem.file": ["文件 / 工作表", "File / sheet"],
  "problem.row": ["行", "Row"],
  "problem.column": ["列", "Column"],
  "problem.message": ["原因与处理办法", "Reason and remedy"],
  "severity.rejected": ["未导入", "rejected"],
  "severity.doubtful": ["存疑", "doubtful"],

  "runs.heading": ["运行与台账", "Runs and ledger"],
  "runs.about": ["每次运行把所有有效需求与成果清单重新比对，并把结果写入供需对接服务台账；人工填写的栏目从不改动。", "A run compares every live demand with the supply list and writes the ledger. It never touches what people wrote."],
  "run.start": ["立即匹配", "Match now"],
  "run.started": ["匹配已开始", "A run has started"],
  "run.none": ["尚未运行", "No run yet"],
  "run.none.about": ["导入清单后点“立即匹配”，或等待夜间批处理。", "Import the lists and choose Match now, or wait for the nightly batch."],
  "run.running": ["匹配中", "running"],
  "run.succeeded": ["已匹配", "matched"],
  "run.failed": ["运行失败", "failed"],
  "trigger.batch": ["夜间批处理", "nightly batch"],
  "trigger.change": ["清单变动", "change to a list"],
  "trigger.request": ["人工启动", "started by hand"],
  "runs.id": ["编号", "No."],
  "runs.status": ["状态", "Status"],
  "runs.started": ["开始", "Started"],
  "runs.seconds": ["用时", "Took"],
  "runs.trigger": ["起因", "Trigger"],
  "runs.lists": ["需求 × 成果", "Demands × achievements"],
  "runs.entries_created": ["新增", "New"],
  "runs.entries_changed": ["变化", "Changed"],
  "runs.entries_kept": ["不变", "Kept"],
  "runs.entries_vanished": ["消失", "Vanished"],
  "ledger.export": ["导出{}台账", "Export the ledger of {}"],
  "ledger.name": ["供需对接服务台账", "ledger"],
};

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

/** Seconds between two moments; a dash while it goes on. */
export function duration(from, to) {
  if (!to) return "—";
  const seconds = (new Date(to) - new Date(from)) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}
