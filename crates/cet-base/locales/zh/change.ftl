# Changes of settings.

change-title = 改动记录
change-one = 改动
change-none = 没有改动
change-at = 时间
change-sitting = 考次
change-place = 范围
change-who = 谁
change-approver = 谁处理
change-decided = 生效或处理时间
change-expires = 有效到
change-state-asked = 待第二人同意
change-state-done = 已生效
change-state-refused = 没有同意
change-state-lapsed = 已过期
change-undoes = 这次撤销了另一次改动
change-undone-by = 这次改动已被撤销
change-decide = 处理
change-decide-hint = 同意后按提出时的内容立即生效。如果设置在此期间改过，就不会生效。
change-approve = 同意
change-refuse = 不同意
change-take-back = 收回
change-undo = 撤销这次改动
change-undo-hint = 各项设置恢复为改动前的值。撤销也是一次改动。
change-undo-do = 撤销
