roster-transfers = Transfers
roster-transfer = Transfer
roster-transfers-about = Two schools name the same person. The school that holds the record decides first; after three days the province may too.
roster-transfers-none = There is none.
roster-transfer-from = School that held the record
roster-transfer-to = School that asked for it
roster-transfer-since = Since
roster-transfer-open = open
roster-transfer-released = released
roster-transfer-kept = kept
roster-transfer-lapsed = lapsed
roster-transfer-waits-school = waits for the holding school
roster-transfer-waits-province = waits for the school or the province
roster-transfer-until = From { $at } on the province may decide too.
roster-transfer-saved = The student has saved a registration at the holding school: a release needs a reason, and the registration stays as it is.
roster-transfer-other-name = The two schools give different names with the same document number. A release gives up the record of the holding school: first check that it is the same person.
roster-transfer-differs = different
roster-transfer-two-names = { $held } (named { $asked } by the asking school)
roster-transfer-both = Both records
roster-transfer-item = Item
roster-transfer-decided-by = Decided by { $who } at { $at }
roster-transfer-choose = Choose whether to release or to keep.
roster-transfer-too-early = The school decides now; after three days the province may too.
roster-transfer-is-decided = It has been decided in the meantime. This is how it is now.
roster-release-title = Release { $name } to { $to }
roster-release-about = The student leaves this school’s roster, and the other school’s record counts at once.
roster-release = Release
roster-keep-title = Keep { $name }
roster-keep = Keep
roster-decision-title = Decide about { $name }
roster-decision = Which school holds the record
roster-decision-release = { $to }
roster-decision-keep = { $from }
roster-decide = Decide
roster-reason = Reason
roster-reason-hint = Required if the student has saved a registration.
roster-reason-needed = The student has saved a registration: give a reason.
roster-reason-wrong = At most 200 characters, on one line.
roster-new = Add a student
roster-new-about = For a few students; upload a file for a list.
roster-optional = optional
roster-none = none
roster-add = Add
roster-exists = Your roster has this student already.
roster-exists-link = See the record
roster-remove-title = Take { $name } out of the roster
roster-remove-about = A saved registration stays as it is. The student can no longer be found by a look-up.
roster-remove = Take out
roster-history = History of this record
roster-history-file = { $file }, line { $line }
roster-history-hand = entered or moved by hand
roster-history-withdrawn = withdrawn
roster-history-new = new
roster-history-changed = with changes
roster-history-unchanged = without changes
roster-history-transfer = waited for another school
roster-decided = The decision is recorded
roster-task =
    { $n ->
        [one] { $n } student whom two schools name
       *[other] { $n } students whom two schools name
    }
roster-task-asked =
    { $n ->
        [one] { $n } student in your lists is still held by another school, which has to release them
       *[other] { $n } students in your lists are still held by other schools, which have to release them
    }
roster-task-released =
    { $n ->
        [one] { $n } transfer was released in the last 7 days
       *[other] { $n } transfers were released in the last 7 days
    }
roster-task-kept =
    { $n ->
        [one] { $n } student was kept by the holding school in the last 7 days
       *[other] { $n } students were kept by the holding school in the last 7 days
    }
roster-task-last = The last one: { $time }
roster-odd = This looks wrong and was saved as it is, check it: { $columns }
