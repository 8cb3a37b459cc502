"""The columns of the two lists: one table of the fields, their labels, and the headings that name them."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.domain.listing import Side

_LABELS: Mapping[str, tuple[str, str]] = {
    "code": ("编号", "code"),
    "title": ("名称", "title"),
    "title_en": ("英文名称", "English title"),
    "organisation": ("单位", "organisation"),
    "organisation_nature": ("单位性质", "nature of the organisation"),
    "industry": ("领域", "industry"),
    "keywords": ("关键词", "keywords"),
    "region": ("地区", "region"),
    "source_region": ("来源区域", "source region"),
    "laboratory": ("实验室", "laboratory"),
    "maturity": ("成熟度", "maturity"),
    "modes": ("合作方式", "modes"),
    "confidentiality": ("密级", "confidentiality"),
    "contact": ("联系人及电话", "contact"),
    "contact_name": ("联系人", "contact's name"),
    "contact_phone": ("联系电话", "contact's telephone"),
    "contact_email": ("电子邮箱", "contact's e-mail"),
    "valid_until": ("有效期", "valid until"),
    "abstract": ("成果简介", "abstract"),
    "abstract_en": ("英文简介", "English abstract"),
    "inventors": ("完成人", "inventors"),
    "classification": ("分类号", "classification"),
    "form": ("成果体现形式", "form"),
    "level": ("技术水平", "level"),
    "transfer_note": ("转化说明", "note on the transfer"),
    "price": ("拟转化金额", "price"),
    "ip_type": ("知识产权类型", "intellectual property"),
    "kind": ("需求类型", "kind of demand"),
    "detail": ("需求详情", "detail"),
    "problems": ("技术难题", "problems"),
    "targets": ("技术指标", "targets"),
    "conditions": ("现有基础条件", "conditions"),
    "budget": ("预算金额", "budget"),
    "deadline": ("需求时限", "deadline"),
    "released": ("是否公开", "released"),
}
"""Field → its Chinese and its English label."""

_BOTH = {
    "code": "编号|编码|代码|ID|外部编号|code|no|number",
    "sequence": "序号|序|行号|顺序号|排序|row no|serial number",
    "title": "名称|项目名称|项目名|标题|题目|课题名称|title|name|project name|project title",
    "organisation": (
        "单位|单位名称|所属单位|单位全称|所在单位|机构|机构名称|所属机构|依托单位|申报单位|填报单位|"
        "organisation|organization|organisation name|organization name|institution|affiliation"
    ),
    "industry": (
        "技术领域|所属领域|所属高新技术领域|高新技术领域|所属技术领域|应用领域|领域|行业|所属行业|"
        "行业领域|所属产业|产业领域|产业方向|行业分类|行业类别|产业|产业类别|产业分类|领域方向|专业领域|"
        "技术方向|研究领域|应用行业|领域分类|领域类别|industry|field|technical field|technology field|"
        "application field|sector|domain"
    ),
    "keywords": (
        "关键词|关键字|成果关键字|成果关键词|需求关键词|技术关键词|主题词|标签|keywords|keyword|tags"
    ),
    "region": (
        "所属地区|地区|所在地区|所在地|区域|所属区域|所在区域|所属区县|所在区县|区县|所属街道|所在街道|街道|"
        "街镇|所属园区|region|location|district|area"
    ),
    "source_region": "来源区域|来源地区|成果来源地|成果来源地区|三城一区|source region",
    "laboratory": "实验室|所属实验室|重点实验室|依托实验室|实验室名称|laboratory|lab",
    "maturity": (
        "成果所处阶段|成果成熟度|成熟度|技术成熟度|所处阶段|成果阶段|技术阶段|研发阶段|技术就绪度|"
        "技术就绪水平|要求成熟度|期望成熟度|成熟程度|技术成熟程度|所处研发阶段|当前阶段|目前阶段|研制阶段|"
        "项目阶段|研发进展|成果状态|转化阶段|TRL|TRL等级|TRL级别|maturity|stage|development stage|"
        "technology readiness level|readiness level|TRL level"
    ),
    "confidentiality": "密级|保密级别|涉密等级|保密等级|公开程度|公开范围|confidentiality",
    "contact": (
        "联系人及电话|联系人/电话|联系人及联系方式|联系人/联系方式|联系人和电话|联系人信息|联系信息|"
        "联系人联系方式|contact"
    ),
    "contact_name": (
        "联系人|联系人姓名|姓名|对接人|对接人姓名|项目联系人|联络人|联络员|技术联系人|技术对接人|经办人|"
        "联系人员|联系老师|contact name|contact person|name of contact"
    ),
    "contact_phone": (
        "联系电话|电话|手机|手机号|手机号码|联系人电话|联系方式|联系人手机|联系人手机号|联系人手机号码|联系人联系电话|"
        "电话号码|联系手机|联络电话|移动电话|固定电话|固话|座机|办公电话|负责人电话|对接人电话|电话/手机|"
        "phone|telephone|mobile|tel|cellphone|mobile phone|phone number|contact phone|contact number|"
        "telephone number"
    ),
    "contact_email": (
        "电子邮箱|邮箱|电子邮件|联系邮箱|联系人邮箱|邮件|邮箱地址|电子信箱|电子邮件地址|邮件地址|"
        "email|e-mail|mail|email address|contact email"
    ),
    "valid_until": (
        "有效期|有效期至|有效期限|有效日期|截止有效期|失效日期|到期日|有效期截止日期|有效截止日期|"
        "valid until|expires|expiry date"
    ),
}

_SUPPLY = {
    "code": "成果编号|项目编号|成果编码|成果登记号|achievement code|achievement id",
    "title": (
        "成果名称|科技成果名称|技术名称|成果标题|论文题目|成果|科技成果|技术成果名称|专利名称|发明名称|"
        "成果项目名称|推广技术名称|achievement|achievement title|achievement name|result|result title|"
        "technology|technology name|technology title"
    ),
    "title_en": (
        "英文名称|英文成果名称|英文项目名称|英文技术名称|成果英文名称|英文标题|英文题目|title_en|"
        "english title"
    ),
    "organisation": (
        "完成单位|研发单位|成果持有单位|持有单位|成果单位|第一完成单位|供给单位|权利人|成果完成单位|"
        "所属院系|院系|所在院系|学院|所属学院|所在学院|所属部门|研究单位|研制单位|技术持有方|技术持有单位|"
        "专利权人|专利申请人|供方|供方单位|供给方|高校|高校名称|院校|院校名称|学校|学校名称|高校院所|科研院所|"
        "研发机构|研究机构|来源单位|成果来源单位|成果来源|owner|research unit|department|college|university|"
        "faculty|holder|patentee"
    ),
    "abstract": (
        "成果简介|成果基本情况|简介|摘要|成果介绍|成果描述|技术简介|项目简介|基本情况|成果概述|内容|"
        "成果内容|成果概况|成果摘要|成果说明|成果详情|项目介绍|项目内容|项目概述|项目概况|项目描述|技术内容|"
        "技术描述|技术介绍|技术概述|技术概况|技术摘要|技术说明|技术方案|主要内容|描述|介绍|概述|"
        "技术指标|主要技术指标|性能指标|主要性能指标|技术参数|主要技术参数|创新点|主要创新点|技术创新点|"
        "技术特点|成果特点|技术优势|abstract|summary|description|content|introduction|overview|"
        "technical description|brief introduction"
    ),
    "abstract_en": "英文摘要|英文成果简介|英文成果摘要|英文简介|abstract_en|english abstract",
    "inventors": (
        "完成人|成果完成人|发明人|主要完成人|研发团队|团队|作者|负责人|项目负责人|成果负责人|技术负责人|"
        "课题负责人|团队负责人|负责人姓名|首席专家|第一完成人|第一发明人|完成人员|主要完成人员|研发人员|"
        "团队名称|inventors|inventor|authors|author|principal investigator|pi|team"
    ),
    "classification": "分类号|中图分类号|中图分类|成果分类|学科分类|所属学科|学科|clc|classification",
    "form": "成果体现形式|成果形式|体现形式|成果类型|成果类别|form",
    "level": "成果技术水平|成果水平|技术水平|成果评价|技术先进性|先进程度|level",
    "modes": (
        "拟采取的转化方式|拟转化方式|转化方式|拟采取转化方式|合作方式|转让方式|成果转化方式|转移转化方式|"
        "合作形式|合作模式|转化形式|拟合作方式|意向合作方式|期望合作方式|转让形式|许可方式|"
        "transfer modes|modes|transfer mode|cooperation|cooperation mode"
    ),
    "transfer_note": "转化说明|转化需求说明|转化备注|转化需求|合作需求|合作意向|转化条件|transfer note",
    "price": (
        "拟转化金额|转化金额|金额|拟转让金额|转让金额|意向价格|价格|报价|预期金额|转让价格|转让价|转让费|"
        "转让费用|拟转让价格|转化价格|拟转化价格|成果价格|技术价格|意向金额|预期价格|期望价格|期望金额|"
        "参考价格|拟转让价|拟许可价格|挂牌价|挂牌价格|许可费|许可费用|许可价格|合作价格|转让报价|"
        "price|amount|asking price|transfer price|transfer fee"
    ),
    "ip_type": (
        "知识产权类型|知识产权|知识产权形式|专利类型|知识产权情况|知识产权状况|知识产权状态|知识产权类别|"
        "专利情况|专利类别|专利状态|ip type|ip|ip status|patent type|intellectual property"
    ),
}

_DEMAND = {
    "code": "需求编号|需求编码|难题编号|项目编号|需求号|demand code|demand id",
    "title": (
        "需求名称|技术需求名称|难题名称|需求标题|企业需求名称|技术难题名称|需求题目|需求|难题|技术需求|"
        "企业需求|难题题目|难题标题|技术需求题目|技术需求标题|需求主题|需求项目名称|研发需求名称|科技需求名称|"
        "攻关需求名称|攻关项目名称|榜单名称|问题名称|场景名称|应用场景名称|"
        "demand|demand title|demand name|need|requirement|requirement title|requirement name|problem title"
    ),
    "organisation": (
        "企业名称|所属单位或公司名称|公司名称|企业|需求单位|需求企业|需求方|发布单位|单位或公司名称|"
        "企业全称|公司|公司全称|所属企业|申报企业|填报企业|提出企业|提出单位|需求提出单位|需求企业名称|"
        "需求单位名称|需求方名称|发榜单位|发榜企业|出题企业|出题单位|企业单位名称|"
        "enterprise|enterprise name|company|company name|firm"
    ),
    "contact_name": "负责人|项目负责人|企业负责人|需求负责人|技术负责人|负责人姓名",
    "kind": "需求类型|需求类别|需求分类|类型|难题类型|demand type|demand kind|kind",
    "detail": (
        "需求详情|内容和说明|重大科技需求概述|需求内容|需求描述|需求说明|需求概述|需求简介|内容|详情|"
        "具体需求|具体内容|具体描述|需求具体内容|需求详细描述|需求情况|需求背景|难题描述|难题内容|难题详情|"
        "难题说明|难题简介|难题概述|技术难题描述|技术难题内容|问题描述|问题说明|技术需求描述|技术需求内容|"
        "技术需求详情|技术需求说明|技术需求简介|技术需求概述|企业需求描述|场景描述|攻关内容|研发内容|"
        "主要内容|详细描述|详细说明|描述|说明|概述|简介|背景|项目背景|技术背景|项目简介|项目内容|项目描述|"
        "detail|details|description|content|summary|overview|background|demand description|"
        "requirement description|problem description"
    ),
    "problems": (
        "拟解决的技术难题|主要问题、技术关键|主要问题|技术关键|技术难题|拟解决的主要问题|拟解决技术难题|"
        "关键技术问题|需解决的技术难题|拟解决问题|拟解决的问题|拟解决的关键问题|需解决的问题|需要解决的问题|"
        "需解决的技术问题|需要解决的技术问题|亟需解决的问题|存在问题|存在的问题|面临的问题|技术难点|难点|"
        "主要技术难点|技术瓶颈|瓶颈|痛点|关键技术|关键技术需求|problems|technical problems|challenges|"
        "pain points"
    ),
    "targets": (
        "技术指标|主要技术指标|预期目标|技术目标|考核指标|指标要求|指标|主要指标|主要技术指标要求|技术指标要求|"
        "技术参数|主要技术参数|参数要求|技术要求|主要技术要求|性能指标|主要性能指标|性能要求|关键指标|核心指标|"
        "技术经济指标|预期指标|预期技术指标|预期效果|目标要求|拟达到的指标|拟达到的技术指标|需达到的技术指标|"
        "达到的技术指标|验收指标|targets|technical targets|technical indicators|specifications|specification|"
        "technical requirements"
    ),
    "conditions": (
        "现有基础条件|现有基础|基础条件|已有基础|现有条件|企业现有条件|工作基础|研发基础|已有条件|已具备条件|"
        "现有技术基础|技术现状|现状|conditions|existing conditions"
    ),
    "budget": (
        "预算金额|拟投入资金总额|预算|资金|投入资金|拟投入资金|拟投入金额|意向投入|资金预算|经费预算|金额|"
        "拟投入经费|拟投入|拟投入总额|拟投入费用|拟投入研发资金|拟投入研发经费|投入经费|投入金额|经费|"
        "经费投入|资金投入|计划投入|计划投入资金|计划投入经费|计划投入金额|预计投入|预计投入资金|预计投入经费|"
        "预计投入金额|可投入资金|意向投入资金|意向投入金额|项目预算|项目经费|预算经费|研发预算|总预算|"
        "投资金额|投资预算|意向金额|揭榜金额|榜单金额|悬赏金额|budget|amount|budget amount|funding|"
        "planned investment"
    ),
    "modes": (
        "合作方式|技术需求解决方式|解决方式|拟合作方式|意向合作方式|需求解决方式|合作形式|合作模式|"
        "期望合作方式|希望合作方式|拟采取的合作方式|期望解决方式|cooperation modes|modes|cooperation mode|"
        "cooperation"
    ),
    "organisation_nature": "单位性质|企业性质|企业类型|单位类型|organisation nature|company type",
    "deadline": (
        "需求时限|时限|完成时限|需求截止时间|截止日期|截止时间|期望完成时间|希望解决的时间|希望解决时间|"
        "希望完成时间|期望解决时间|期望完成日期|时间要求|完成时间|完成日期|完成期限|要求完成时间|计划完成时间|"
        "计划完成日期|预计完成时间|预期完成时间|拟解决时间|解决时间|解决时限|解决期限|需求时间|需求期限|"
        "攻关时限|攻关期限|攻关周期|项目周期|研发周期|实施周期|期限|时间节点|需求截止日期|deadline|due date|"
        "due|completion date|target date|time limit|expected completion date"
    ),
    "released": (
        "是否公开|是否向研发单位公开|可否公开|是否同意公开|是否对外公开|是否发布|是否可公开|能否公开|released"
    ),
}
"""Field → its headings, separated by “|”: of either list, of the supply list, of the demand list."""

_VAGUE_TITLES = {
    Side.SUPPLY: frozenset({"成果", "科技成果", "achievement", "result", "technology"}),
    Side.DEMAND: frozenset({
        "需求", "难题", "技术需求", "企业需求", "demand", "need", "requirement",
    }),
}  # fmt: skip
_MAIN_TEXT = {Side.SUPPLY: "abstract", Side.DEMAND: "detail"}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a list as it arrived: its heading, the field it stands for, and whether by a mapping made
    by hand. A column without a field is kept beside; one that is not read is the field `sequence`."""

    heading: str
    field: str | None
    by_hand: bool = False


def aliases(side: Side) -> dict[str, tuple[str, ...]]:
    """The headings of one side's list: field → every wording, the usual one of that side first."""
    of_side = _SUPPLY if side is Side.SUPPLY else _DEMAND
    return {
        name: tuple(alias for table in (of_side, _BOTH) if name in table for alias in table[name].split("|"))
        for name in {**of_side, **_BOTH}
    }


def list_fields(side: Side) -> dict[str, tuple[str, str]]:
    """The fields a column of one side's list may map to, with their Chinese and English labels."""
    return {name: _LABELS[name] for name in aliases(side) if name in _LABELS}


def vague_titles(side: Side) -> frozenset[str]:
    """Headings that name the title only where no other column does, and the description beside a title."""
    return _VAGUE_TITLES[side]


def main_text(side: Side) -> str:
    """The field that holds the long description: `abstract` or `detail`."""
    return _MAIN_TEXT[side]
