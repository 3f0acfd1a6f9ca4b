# 确认支付、支付单两页的文字。用词按考生手册。

# ---- 标题 ----
payment-about = 确认要支付的科目和金额，选择支付宝或首信易支付。
payment-title = 确认支付
payment-order-title = 再次确认支付
payment-order-over-title = 支付单

payment-lead = 请确认报考信息和金额，再选择支付方式。
payment-entries = 报考科目
payment-entries-hint = 只支付选中的科目。口试须与同级别笔试同时支付，或在其后支付。
payment-total = 合计
payment-method = 支付方式
payment-alipay = 支付宝
payment-alipay-hint = 跳转到支付宝网站，可扫码支付
payment-payease = 首信易支付
payment-payease-hint = 选择支付银行，跳转到银行界面
payment-bank = 支付银行
payment-bank-hint = 选择首信易支付时必选。
payment-go = 去支付
payment-cancel = 返回
payment-due-before = 请在
payment-due-after = 前完成支付，逾期科目会被系统自动删除。
payment-nothing-title = 没有需要支付的科目
payment-nothing = 科目都已支付，或还没有报考。到报名信息页可以查看支付状态、继续报考。
payment-to-information = 到报名信息页
payment-locked = 集体缴费中，由学校统一缴费
payment-oral-needs-written = 须与同级别笔试同时支付
payment-open-title = 有一笔支付还没有完成
payment-open = 同样的选择会回到这一笔；换一种支付方式，系统会先关闭这一笔。已经付款的，请到报名信息页按“更新”，勿重复支付。
payment-open-go-on = 继续支付
payment-help-after-title = 付完之后
payment-help-after = 回到本站，在报名信息页点“更新”查看结果。以支付状态显示“已支付”为准。
payment-help-twice-title = 扣了款，仍显示未支付？
payment-help-twice = 不要重复支付，请按“更新”。系统会自动向支付平台查询；超过 2 小时未更新，请联系客服并报支付单号。
payment-help = 支付帮助

payment-order-lead = 确定后跳转到支付平台。
payment-order-confirm = 您选择{ $method }进行支付, 支付金额为{ $amount }元人民币。
payment-order-number = 支付单号
payment-order-created = 下单时间
payment-order-state = 状态
payment-order-due-before = 请在
payment-order-due-after = 前完成。
payment-order-leave = 确定，去支付
payment-order-once = 请勿重复支付，请按“更新”
payment-order-once-text = 付完款回到报名信息页，按“更新”查看结果。状态没有变化时，请等几分钟再按，不要再付一次。
payment-order-change = 更换支付方式
payment-order-open = 等待支付
payment-order-asking = 查询中
payment-order-paid = 已支付
payment-order-paid-title = 这笔支付已经完成
payment-order-paid-text = 不用再付。科目的支付状态见报名信息页。
payment-order-closed = 已关闭
payment-order-closed-title = 这笔支付单已经关闭
payment-order-closed-over-text = 没有用它付款。如果您后来用它付了款，款项会原路退回。
payment-order-closed-text = 不能再用它付款。如果科目仍在，请重新支付；如果您已经付了款，款项会原路退回。
payment-order-refunding = 退款中
payment-order-refunding-title = 这笔款项正在退款
payment-order-refunding-text = 款项到账时科目已经不在，会原路退回，您不用做什么。
payment-order-refunded = 已退款
payment-order-refunded-title = 这笔款项已经退回
payment-order-refunded-text = 款项已按原路退回，到账时间以银行为准。
payment-order-pay-again = 重新支付
payment-order-waiting-title = 这笔支付正在处理
payment-order-waiting-text = 现在不能从这里付款。请到报名信息页按“更新”查看结果，勿重复支付。
payment-go-on = 继续支付
payment-subject = 考试报名费

# ---- 支付记录 ----
payment-past-title = 支付记录
payment-past-unbound = 已经付款的，请按“更新”查看结果，勿重复支付。款项到账时不能再报考的，会原路退回。
payment-back-due = 退款中
payment-back-done = 已退款
payment-back-why-surplus = 这些科目此前已经支付，这一笔是重复付款
payment-back-why-replaced = 付款之前，这笔支付单已经关闭
payment-back-why-locked = 这些科目由学校集体缴费
payment-back-why-cancelled = 这些科目此前已经取消
payment-back-why-no-seat = 付款到账时科目已被删除，且不能再次占位
payment-back-why-needs-written = 口试须有已支付的同级别笔试
payment-back-why-exam-cancelled = 考试取消
payment-back-why-mistaken = 误收
payment-back-why-instructed = 按上级通知

# ---- 我的支付 ----
payment-history-title = 我的支付
payment-history-lead = 每一笔支付单和退款都在这里，不论科目是否还在。
payment-history-all = 全部支付和缴费凭证
payment-history-none-title = 还没有支付记录
payment-history-none = 报考科目并支付后，每一笔支付和退款都会列在这里。
payment-history-sum = 金额
payment-history-method = 支付方式
payment-history-paid-at = 支付时间
payment-history-back = 退款
payment-history-receipt = 下载缴费凭证（PDF）
payment-history-older = 更早的支付
payment-history-newest = 最近的支付
payment-history-account = 返回账号

# ---- 缴费凭证 ----
payment-receipt-title = 缴费凭证
payment-receipt-sitting = 考次
payment-receipt-name = 姓名
payment-receipt-school = 学校
payment-receipt-document = 证件
payment-receipt-payer = 考生
payment-receipt-released = 这次报名已解除，考生信息已删除
payment-receipt-subject = 科目
payment-receipt-campus = 校区
payment-receipt-fee = 金额(元)
payment-receipt-money = 收到的款项
payment-receipt-trade = 支付平台交易号
payment-receipt-at = 时间
payment-receipt-back-total = 退款合计
payment-receipt-kept = 扣除退款后
payment-receipt-no-invoice = 本凭证不是税务发票，不能代替发票报销。
payment-receipt-printed = 打印时间：{ $time }

# ---- 邮件 ----
payment-mail-refund-subject = 考试报名费退款通知
payment-mail-refund = 支付单 { $number } 的款项已收到，其中 { $amount } 元将原路退回。
payment-mail-why-surplus = 原因：这些科目此前已经支付，本次属于重复付款。
payment-mail-why-replaced = 原因：付款之前，这笔支付单已经关闭。
payment-mail-why-locked = 原因：这些科目正由学校集体缴费。
payment-mail-why-cancelled = 原因：这些科目已经取消。
payment-mail-why-no-seat = 原因：付款到账时科目已被删除，且不能再次占位。如仍要考试，请重新报考。
payment-mail-why-needs-written = 原因：口试须有已支付的同级别笔试。
payment-mail-why-exam-cancelled = 原因：考试取消。
payment-mail-why-mistaken = 原因：这笔款项不应收取。
payment-mail-why-instructed = 原因：按主管部门的通知退款。
payment-mail-refund-way = 您不用做什么，到账时间以银行为准。
payment-mail-information = 报名信息
