# 候补 (R16)
standby-title = 候补
standby-about = 科目报满以后排队候补：看位置和机会，加入或退出候补。
standby-lead = 科目报满了，可以排队候补：有人取消或逾期未支付，空位按先后给候补的人。

# ---- my places ----
standby-mine = 我的候补
standby-waiting = 候补中
standby-campus = 校区
standby-place = 位置
standby-place-of = 第 { $place }，共 { $total } 人
standby-chance = 轮到的可能
standby-chance-good = 较大
standby-chance-even = 一般
standby-chance-small = 不大
standby-chance-unknown = 无法估计
standby-chance-why = 从 { $time } 起，这里空出过 { $n } 个考位
standby-chance-why-unknown = 报名开始还不到一天，看不出会空出多少考位
standby-until = 候补到
standby-since = 加入时间
standby-fee = 费用
standby-fee-later = 轮到以后才付，{ $fee }
standby-turn = 轮到您时
standby-turn-text = 考位直接记在您名下，系统寄邮件，“消息”里也能看到。请在 24 小时内支付，临近报名截止时更短，以邮件写明的时间为准；逾期就给下一位。23:00 到次日 7:00 一般不派空位。
standby-leave = 退出候补

# ---- joining ----
standby-join-title = 排队候补
standby-now = 现在排队
standby-people = { $n } 人
standby-free = 这里还有余位，不用候补，可以直接报考。
standby-campuses = 候补的校区
standby-campuses-hint = 最多选三个，最想去的放在第一。任何一个先有空位都给您，其他校区的候补随即结束；同时有空位时按您的顺序。
standby-campus-1 = 第一校区
standby-campus-2 = 第二校区
standby-campus-3 = 第三校区
standby-none = 不选
standby-choose-hint = 先选科目。只有已报满的科目才需要候补。
standby-rules = 候补不收费，不占考位，可以照常报其他科目。报考同级别的其他笔试科目，或在别处报上了这个科目，候补随即结束。报名截止前 30 分钟，候补全部结束。
standby-over = 候补随报名截止结束，不能再加入。
standby-see-seats = 看有余位的校区
standby-refused-at = { $campus }：{ $text }
standby-joined = 已加入候补
standby-joined-text = 轮到您时，系统寄邮件通知。

# ---- leaving ----
standby-leaving-title = 退出候补
standby-leaving-about = 退出一个科目的候补。
standby-leaving-gone = 退出后位置不保留
standby-leaving-gone-text = 以后再加入，要从最后一位排起。
standby-stay = 不退出，返回候补
standby-left = 已退出候补
standby-left-text = 位置已让给后面的考生。
