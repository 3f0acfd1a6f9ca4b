# 演练页：只在演练环境出现。

# ---- 标题 ----
rehearsal-title = 演练
rehearsal-mailbox-title = 邮箱
rehearsal-clock-title = 时钟
rehearsal-clock-advance-title = 向前拨，或拨到一个时间
rehearsal-gateway-title = 模拟支付平台

rehearsal-lead = 只在演练环境可用：看邮件、拨快时钟、让模拟支付平台出差错。
rehearsal-shifted = 日期为什么和考次的名称对不上
rehearsal-shifted-text = { $sitting }沿用考生手册里的名称，日期却在 { $year } 年：演示系统的日期从第一次启动那天算起，打开就能报名，再用时钟走到打印和考试那天。
rehearsal-back = 返回演练首页
rehearsal-mailbox = 邮箱
rehearsal-mailbox-hint = 系统发出的全部邮件，新的在前
rehearsal-clock = 时钟
rehearsal-clock-hint = 把系统时间拨快，只能向前
rehearsal-gateway = 模拟支付平台
rehearsal-gateway-hint = 设定接下来的支付怎样进行
rehearsal-portal = 报名网首页
rehearsal-portal-hint = 考生看到的网站

rehearsal-mailbox-lead = 演练环境不向外发信。系统发出的邮件都在这里，新的在前。
rehearsal-mailbox-empty-title = 还没有邮件
rehearsal-mailbox-empty = 系统发出第一封邮件后，会显示在这里。
rehearsal-mailbox-reload = 刷新
rehearsal-mailbox-json = JSON 格式
rehearsal-mail-to = 收件人
rehearsal-mail-at = 时间

rehearsal-clock-lead = 所有节点、作业和模拟支付平台都按这个时间运行。
rehearsal-clock-factors = 工作人员的动态验证码例外：它按真实时间计算，因为验证器不知道演练的时钟。
rehearsal-clock-now = 系统时间
rehearsal-clock-shift = 比真实时间快
rehearsal-clock-advance = 秒数
rehearsal-clock-advance-hint = 1 小时是 3600，24 小时是 86400。
rehearsal-clock-advance-go = 拨快时钟
rehearsal-clock-set = 时间
rehearsal-clock-set-hint = 例如 2017-12-16 09:00（北京时间），或带时区的 2017-12-16T09:00:00+08:00。只能向前。

rehearsal-gateway-lead = 设定对接下来的支付起作用，直到再次更改。
rehearsal-gateway-saved = 已保存，对接下来的支付起作用。
rehearsal-gateway-outcome = 支付结果
rehearsal-gateway-outcome-hint = “询问”时由付款人在平台页面上选择。
rehearsal-gateway-outcome-ask = 询问
rehearsal-gateway-outcome-pay = 支付成功
rehearsal-gateway-outcome-decline = 支付失败
rehearsal-gateway-notices = 通知
rehearsal-gateway-delay = 通知延迟（秒）
rehearsal-gateway-delay-hint = 0 表示立即通知。按系统时钟计算。
rehearsal-gateway-drop = 不发通知
rehearsal-gateway-drop-hint = 通知丢失，只能靠查询得知结果
rehearsal-gateway-duplicates = 重复通知次数
rehearsal-gateway-duplicates-hint = 同一通知再多发几次。
rehearsal-gateway-reorder = 打乱通知顺序
rehearsal-gateway-reorder-hint = 后付的先通知
rehearsal-gateway-falsify = 伪造通知
rehearsal-gateway-falsify-hint = 通知中的一处被改动，系统应当不予采信。
rehearsal-gateway-falsify-none = 不伪造
rehearsal-gateway-falsify-signature = 签名
rehearsal-gateway-falsify-amount = 金额
rehearsal-gateway-falsify-merchant = 商户号
rehearsal-gateway-falsify-order = 支付单号
rehearsal-gateway-trouble = 接口故障
rehearsal-gateway-trouble-hint = 系统向平台查询、关闭、退款时遇到的情况。
rehearsal-gateway-trouble-none = 正常
rehearsal-gateway-trouble-slow = 很慢
rehearsal-gateway-go = 保存
rehearsal-clock-refused = 请填写 0 或更大的秒数，或一个不早于现在的时间。时钟只能向前拨。
rehearsal-gateway-trouble-answer-lost = 已执行，但应答丢失
rehearsal-gateway-late = 允许逾期支付
rehearsal-gateway-late-hint = 已关闭或过期的支付单仍可支付，系统应当退款或重新占座
rehearsal-gateway-falsify-state = 支付状态
rehearsal-gateway-falsify-currency = 币种
rehearsal-gateway-trouble-unreachable = 连不上，没有执行
rehearsal-gateway-trouble-error = 返回系统错误，没有执行
rehearsal-gateway-trouble-garbled = 已执行，但应答残缺
