"""Words that nearly every achievement and demand uses, and that therefore say nothing about a fit."""

GENERIC = tuple(
    """
    研究 技术 应用 系统 方法 开发 研发 项目 产业化 关键 设计 分析 基于 及其 一种 新型 制备 工艺 产品
    生产 产业 装置 设备 平台 实现 提高 问题 解决 进行 需求 企业 公司 建设 推广 示范 集成 高效 性能
    """.split()  # noqa: SIM905
)
"""Cutting these out of the lexical channels raised pooled nDCG@10 by 0.016 on 144 judged demands; a list
three times as long lowered it again."""

COMMON = tuple(
    """
    方面 同时 主要 提出 结果 目前 具有 利用 采用 使用 通过 需要 要求 存在 达到 出现 取得 开展 建立 构建
    进一步 现有 现状 国内外 国内 国外 国际 重要 严重 充分 特别 丰富 常规 基础 目标 内容 手段 作用 影响
    领域 行业 工作 过程 情况 条件 水平 特点 特征 效果 能力 方式 措施 时间 有效 明显 显著 不同 相关 以及
    由于 因此 可以 能够 其中 其他 各种 多种 一定 实际 传统 先进 成熟 市场 经济 社会 发展 创新 成果 合作
    单位 专业 科技 科研 验证 试验 实验 优化 改进 提升 降低 增加 减少 提供 支持 实施 完成 形成 满足 推动
    促进 希望 攻关 核心 有限 高质量 质量 效率 成本 准确 容易 导致 造成 目的 本文 表明 进展 意义 表面
    综合 合理 自动 快速 大量 广泛 良好 优良 较高 较大 更加 非常 工程 管理 服务 加工 制造 制作 作为 功能
    结构 材料 数据 模型 信息 机制 机理 因素 指标 标准 参数 试制 联合 突破 探索 建议 对策 策略 现象 规律
    角度 范围 程度 阶段 环节 周期 比例 数量 总体 整体 部分 单一 具体 直接 拟 研究院 个月 给出
    """.split()  # noqa: SIM905
)
"""Words too common to be shown as what two texts share; they count in the lexical channels all the same."""
