# 排队进入：人多时的等候页（R17）。

waiting-before-title = 您已登记，等候抽签
waiting-before = 报名 { $at } 开始。在此之前到的人不分先后，{ $at } 一起抽签排出次序；以后到的排在后面。
waiting-before-closing = 可以关闭本页，{ $at } 以后用这台设备回来，次序不变。
waiting-before-once = 不必提前刷新，也不必开几个窗口：每个账号一个号，来几次都一样。
waiting-until = 离抽签
waiting-came = 已登记（人）
waiting-number = 您的登记号
waiting-line-title = 正在排队进入报名
waiting-line = 现在来的人较多，按次序放行。轮到您时自动进入，不必反复刷新。
waiting-ahead = 前面还有（人）
waiting-wait = 预计等待
waiting-counting = 正在点数，下次更新时显示
waiting-soon = 不到 1 分钟
waiting-about = 约 { $n } 分钟
waiting-minutes = { $n } 分钟
waiting-long = 3 小时以上，或暂时说不准
waiting-safe-place = 您的位置不会丢：关闭本页、断网都不影响，用这台设备回来即可。
waiting-safe-entries = 已保存的报名、已报考的科目和已付的钱与排队无关。去支付、看报名信息不必排队。
waiting-admitted-title = 轮到您了
waiting-admitted = 马上自动进入。进入后有 15 分钟，填到一半的表单可以交完。
waiting-go = 现在进入
waiting-again = 立即更新
waiting-leave = 不等了
waiting-at-again = { $at }，{ $n } 秒后再次更新
waiting-at = 本页更新于
waiting-good-to-know = 请放心
waiting-full = 目前所有校区都已报满。有人取消或过期时会空出考位，可以继续等候。
waiting-cookies = 您在队伍里的位置保存在 Cookie 里，所以现在还没有位置。请在浏览器设置里允许本站使用 Cookie，然后点“立即更新”。
waiting-refused-title = 请先排队
waiting-refused-text = 现在来的人较多，这一步要排队。刚才的内容没有保存；已保存、已支付的不受影响。
waiting-refused-way = 去排队，轮到时回到这一页

# ---- 抽签的核对 ----
waiting-draw-title = 排队抽签的核对
waiting-draw-about = 报名开始时的排队次序怎样抽签，怎样核对。
waiting-draw-how = 报名开始以前登录等候的人，次序由一个随机数决定。这个数在考次公布时已经产生，它的指纹（SHA-256）从那时起公布在这里；报名开始时公布这个数本身。任何人都能核对：数没有换过，次序也不是事后排的。
waiting-draw-opens = 报名开始
waiting-draw-fingerprint = 指纹（SHA-256）
waiting-draw-secret = 随机数
waiting-draw-later = 报名开始时公布
waiting-draw-check = 核对方法：把随机数的十六进制还原成 32 个字节，它的 SHA-256 就是上面的指纹。再用它作密钥，对排队页上的登记号（例如 p12）计算 HMAC-SHA256，前 8 个字节小的人排在前面。
waiting-draw-link = 排队抽签的核对

# ---- 管理：实时 ----
waiting-live-title = 实时
waiting-live-again = 本页 10 秒更新一次。读取时间：
waiting-live-on = 正在排队：人按次序放行。
waiting-live-off = 没有排队。
waiting-live-full = 所有校区都已报满。
waiting-live-lines = 排队
waiting-live-line = 哪一步
waiting-live-desk = 查询、保存、报考
waiting-live-door = 登录、注册
waiting-live-people = 在等（人）
waiting-live-rate = 每秒放行
waiting-live-admitted = 已放行
waiting-live-frontier = 放行到（到达时间）
waiting-live-drawn = 抽签的人
waiting-live-since = 开始于
waiting-live-targets = 目标：百分之九十九的操作在 { $store } 秒内开始，密码在 { $passwords } 秒内开始核对。达到目标时放行逐秒增加，达不到时减到七成。
waiting-live-nodes = 节点
waiting-live-no-nodes = 没有排队时，节点不报告。
waiting-live-node = 节点
waiting-live-state = 状态
waiting-live-quiet = 轻松
waiting-live-loaded = 有人等或较忙
waiting-live-arrivals = 上一秒到达
waiting-live-seen = 最近
waiting-live-pools = 最抢手的校区

# ---- 演练 ----
waiting-rehearsal-title = 排队
waiting-rehearsal-lead = 让排队立即开始或停止，也可以规定每秒放行多少人。
waiting-rehearsal-mode = 排队
waiting-rehearsal-auto = 自动
waiting-rehearsal-on = 开
waiting-rehearsal-off = 关
waiting-rehearsal-rate = 每秒放行（不填：自动）
waiting-rehearsal-save = 保存
waiting-rehearsal-refused = 请选择自动、开或关；每秒放行填 1 到 100000，或不填
