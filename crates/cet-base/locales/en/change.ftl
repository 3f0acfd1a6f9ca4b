# Changes of settings.

change-title = Changes
change-one = Change
change-none = There are no changes
change-at = Time
change-sitting = Sitting
change-place = Place
change-who = Who
change-approver = Decided by
change-decided = Decided or in effect at
change-expires = Lapses at
change-state-asked = Waiting for a second person
change-state-done = In effect
change-state-refused = Refused
change-state-lapsed = Lapsed
change-undoes = This undid another change
change-undone-by = This change has been undone
change-decide = Decide
change-decide-hint = Once approved it takes effect at once, exactly as asked. If the settings have changed meanwhile, it does not.
change-approve = Approve
change-refuse = Refuse
change-take-back = Withdraw
change-undo = Undo this change
change-undo-hint = The settings get the values from before. Undoing is a change as well.
change-undo-do = Undo
