# 消息：发给考生的邮件，以及保存同样内容的页面。

# ---- 页面 ----
message-title = 消息
message-about = 系统发给您的所有消息。
message-lead = 发给您的通知都保存在这里，邮箱收不到邮件也能看到。找回密码、验证邮箱的邮件含有链接，只发到邮箱，不在这里显示。
message-none-title = 还没有消息
message-none = 保存报名信息、报考、支付以后，通知会出现在这里。
message-older = 更早的消息
message-newest = 最新的消息
message-back = 返回账号信息
message-mails = 邮件通知
message-mails-on = 现在：全部通知都发邮件。
message-mails-off = 现在：只发必要的邮件。
message-mails-hint = 支付、科目被删除、退款、复核结果、考场变更和账号安全的邮件总会发送。保存、报考、支付提醒、取消、编排的邮件可以关闭，内容仍在“消息”里。
message-mails-turn-off = 关闭可选的邮件
message-mails-turn-on = 接收全部邮件
message-mails-changed-off = 已关闭可选的邮件
message-mails-changed-on = 已改为接收全部邮件
message-mail-kept = 同样的内容也保存在通行证的“消息”页面。
message-mail-optional = 不想收到这类邮件的，可以在账号信息页关闭。
message-mail-education = { $page }（教育网）

# ---- 各页共用 ----
message-line = { $subject }，{ $campus }，¥{ $fee }
message-sum = 合计：¥{ $amount }
message-to-written = 笔试报考
message-to-start = 开始报名

# ---- 保存、报考 ----
message-saved-title = 报名信息已保存
message-saved = 您的通行证已与考生绑定，学籍学校：{ $school }，学籍校区：{ $campus }。
message-saved-next = 请在 { $time } 前报考科目。保存后 24 小时内没有报考任何科目的，报名信息会被系统自动删除，需要重新验证资格。
message-saved-by-school = 学校已为您报名下列科目：
message-entered-title = 已报考，请在 { $time } 前支付
message-entered = 您已报考下列科目，考位保留到 { $time }：
message-entered-by-school = 学校已为您报考下列科目，考位保留到 { $time }：
message-entered-next = 请在 { $time } 前支付。逾期未支付的科目会被系统自动删除。

# ---- 支付 ----
message-paid-title = 支付成功，¥{ $amount }
message-paid-late-title = 付款晚到，已重新占到考位，¥{ $amount }
message-paid = 已收到下列科目的报名费，报考有效：
message-paid-order = 支付单号：{ $number }，支付方式：{ $gateway }。
message-paid-by-school = 由学校集体缴费。
message-paid-late = 付款到账时科目已过期，系统已重新为您占位，报名有效。
message-paid-complete = 没有还要您支付的科目。准考证打印时间见首页。
message-paid-rest = 下列科目还没有支付：

# ---- 提醒、到期、取消、删除 ----
message-reminder-title = 请在 { $time } 前支付
message-reminder = 下列科目还没有支付，考位只保留到 { $time }：
message-reminder-next = 请在 { $time } 前支付，逾期科目会被系统自动删除。
message-reminder-twice = 已经付款的，不要再付一次，系统会自动向支付平台查询。
message-expired-title = 科目未支付，已被系统删除
message-expired = 下列科目没有在期限内支付，已于 { $time } 被系统自动删除，考位已经退还。须有同级别笔试的口试，随笔试一并删除。
message-expired-next = 如仍要考试，报名没有结束的，请重新报考。
message-expired-released = 报名信息里没有科目了，也已被系统自动删除。如仍要考试，报名没有结束的，请重新验证资格并报考。
message-expired-money = 如果您已经付款，不要再付一次：款项到账时报名没有结束、还有考位、支付单没有被您更换的，会重新为您占位；否则原路退回。
message-cancelled-title = 已取消报考
message-cancelled = 您已取消下列科目，考位已经退还：
message-cancelled-next = 如仍要考试，请在报名时间内重新报考。报考科目为空的报名信息会被系统自动删除。
message-released-title = 报名信息已被系统删除
message-released = 您于 { $time } 保存的报名信息（{ $school }，{ $campus }）没有报考任何科目，已被系统自动删除。
message-released-next = 如仍要考试，请在报名时间内重新验证资格并报考。

# ---- 复核、编排、退款 ----
message-review-reason = 学校填写的依据：{ $text }
message-seated-title = 考场已编排
message-seated = 下列科目已经编排：
message-seat-changed-title = 考场或座位有变更
message-seat-changed = 您的考场或座位有变更。最新的安排如下，以前打印的准考证不能再用，请重新打印：
message-seat-was-changed = 您的考场或座位在考试前有过变更。这封邮件迟到了，考试已经开始，不用再做什么。变更后的安排是：
message-seat = { $subject }：{ $campus }，第 { $room } 考场{ $where }，{ $seat } 号座位，考试时间 { $time }
message-seat-oral = { $subject }：{ $campus }，第 { $session } 批，第 { $room } 考场{ $where }，{ $seat } 号，考试时间 { $time }
message-prints = 准考证从 { $time } 起可以打印，到考试当天为止。
message-prints-unset = 准考证打印时间还没有公布，见首页。
message-setting-title = 报名安排有变更
message-setting = 本次考试的安排有变更，您报考的科目受影响：
message-setting-closing = 报名截止时间提前。还没有支付的科目，考位仍保留到原来的时间；截止以后不能再报考别的科目。
message-setting-exam = 考试时间变更。
message-setting-fee = 报名费变更。您已经报考的科目仍按报考时的报名费。
message-setting-was-changed = 本次考试的安排在考试前有过变更，您报考的科目受影响。这封邮件迟到了，考试已经开始，不用再做什么。变更后的安排是：
message-setting-now = 您报考的科目现在是：
message-setting-line = { $subject }，{ $campus }：考试 { $exam }，报名截止 { $closes }，报名费 { $fee } 元
message-standby-given-title = 候补成功，请在 { $time } 前支付
message-standby-given = 您候补的科目有了空位，考位已经记在您名下：
message-standby-given-next = 请在 { $time } 前支付。逾期没有支付，考位给下一位候补的考生，您的候补不再保留。
message-standby-missed-title = 候补的考位：支付时间已过
message-standby-missed = 您候补的科目曾有空位，考位记在您名下，须在 { $time } 前支付：
message-standby-missed-next = 这个时间已过，这封邮件迟到了。已经支付的，不受影响；没有支付的，不能再支付，考位不再为您保留。
message-standby-ended-title = 候补已结束
message-standby-ended = 您在 { $campuses } 候补 { $subject }，候补已经结束，没有等到空位。
message-standby-and = 、
message-standby-ended-closed = 报名即将截止，候补随之结束。
message-standby-ended-refused = 轮到您时，您已不能报考这个科目：例如已报考同级别的其他科目，或口试所需的笔试科目已不在报名信息里。空位已给下一位。
message-refund-done-title = 考试报名费已退款
message-refund-done = 支付单 { $number } 的 { $amount } 元已由{ $gateway }原路退回。
message-refund-by-hand = 支付单 { $number } 的退款 { $amount } 元已由财务人员在系统外办理。
message-refund-done-when = 到账时间以银行为准。
message-refund-refused-title = 考试报名费退款由工作人员处理
message-refund-refused = 支付单 { $number } 的 { $amount } 元应退给您，{ $gateway }没有接受这次退款。
message-refund-unknown = 支付单 { $number } 的 { $amount } 元应退给您，{ $gateway }没有确认这次退款。
message-refund-refused-next = 款项没有丢失，工作人员会处理，您不用做什么。退回后会再告诉您。
message-from-staff-title = { $from }的通知：{ $title }
message-from-staff-note = 这条消息由{ $from }通过报名系统发给您。报名系统和学校都不会向您索要密码或验证码。
message-from-staff-nation = 全国考试管理部门
