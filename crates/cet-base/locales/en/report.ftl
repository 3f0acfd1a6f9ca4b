# Wrong information: what candidates report of their record, and what schools answer.
report-mail-subject = Your school has answered your report of a wrong record
report-mail-corrected = You reported that “{ $field }” in your student record is wrong. The school has corrected it.
report-mail-answered = You reported that “{ $field }” in your student record is wrong. The school has answered and did not change the record.
report-mail-answer = The school’s answer: { $text }
report-mail-link = Wrong information
report-field-document = document type or number
report-field-other = eligible subjects or something else
report-title = Wrong information
report-about = Report a mistake in your student record to your school, and see its answer.
report-lead = : tell the school what is wrong. It will correct the record or answer.
report-none = No student record has been looked up yet. Look it up first, then tell the school what is wrong.
report-new = Tell the school
report-another = Report something else
report-hint = Do not save before the school has corrected it
report-hint-text = A registration that is saved does not follow later changes of the record. The answer comes by email and is kept under Messages.
report-hint-saved = You have already saved your registration
report-hint-saved-text = It keeps what the record said when you saved it, so the school cannot correct it here. The school will answer and tell you what to do. The answer comes by email and is kept under Messages.
report-field = What is wrong
report-right = What is right
report-right-hint = One line, at most 100 characters.
report-note = Note
report-note-hint = For example which character stands on your identity card. At most 500 characters; do not write about other people.
report-send = Send to the school
report-back = Back
report-at = Reported
report-answer = Answer
report-answered-at = Answered
report-answered-by = Answered by
report-answered = answered
report-state = State
report-state-open = Waiting
report-state-corrected = Corrected
report-state-answered = Not changed, answered
report-age = Waiting time
report-waits-less = less than 1 hour
report-waits-hours =
    { $n ->
        [one] for { $n } hour
       *[other] for { $n } hours
    }
report-waits-days =
    { $n ->
        [one] for { $n } day
       *[other] for { $n } days
    }
report-wrong-field = Choose what is wrong
report-wrong-value = Fill in one line of at most 100 characters
report-wrong-text = At most 500 characters, without control characters
report-wrong-answer = Fill in an answer of at most 500 characters
report-changed = The report or the record has changed since you opened this page. Nothing was done. Look at it as it is now and decide again
report-over = This report was answered before. It cannot be answered again
report-saved = The candidate has saved the registration, or the school has entered the candidate: the record can no longer be corrected (the registration keeps what it said then). You can answer only, and say what to do.
report-says-already = The record says this already, so there is nothing to correct. Answer the candidate instead.
report-by-import = This cannot be corrected here. Correct it on the page of the student or import the corrected roster file, then answer the candidate.
report-staff-title = Wrong information
report-staff-one = Report of a wrong record
report-staff-none = No report fits
report-says = The record says
report-said = The record said when reported
report-candidate-says = The candidate says
report-student = See the record
report-no-student = The roster no longer has this student: the record cannot be corrected, only the report answered.
report-correct = Correct the record
report-correct-text = Look at the change first; it is written once you confirm it.
report-look-first = Look at the change
report-only-answer = Answer only
report-only-answer-text = The record stays as it is. The answer is sent to the candidate at once.
report-only-answer-do = Send the answer
report-answer-hint = What the candidate is told. Do not write names or document numbers.
report-preview = The change
report-nothing-yet = Nothing has been written yet.
report-effect = From then on the candidate finds the new value; the answer is emailed to the candidate.
report-correct-do = Correct and answer
report-edit-again = Edit again
report-note-open = You reported that “{ $field }” is wrong; the school has not answered yet
report-note-corrected = You reported that “{ $field }” is wrong; the school has corrected it
report-note-answered = You reported that “{ $field }” is wrong; the school has answered
report-note-since = Reported at { $time }.
report-note-text = The school’s answer: { $text }
report-look = See the report
report-link = Something is wrong: tell the school
report-task =
    { $n ->
        [one] { $n } report of a wrong record waiting
       *[other] { $n } reports of wrong records waiting
    }
