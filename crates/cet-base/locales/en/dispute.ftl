# This is me: a candidate disputes that somebody else holds their student record; two people of the school decide.
dispute-mail-opened-title = Somebody disputes the registration that you hold
dispute-mail-opened = At { $time } somebody said that the student of your passport ({ $school } { $campus }) is them. The school will check, and two members of staff decide.
dispute-mail-opened-yours = If you are this student: there is nothing to do online. Have your identity document and student card ready until the school contacts you, or contact the school yourself. The registration stands until it is decided.
dispute-mail-opened-not-yours = If you are not this student: contact the school. What you paid for this student goes back to you.
dispute-mail-received-title = The school has your dispute
dispute-mail-received = At { $time } you said that a student ({ $school } { $campus }) is you, while another passport holds the registration. The school will check and decide.
dispute-mail-received-next = The school calls the number that you gave. Have your identity document and student card ready. The result comes to this address and stays in your messages.
dispute-mail-lost-title = The school decided: the registration is no longer yours
dispute-mail-let-go = The school checked and decided: this student's registration is no longer held by your passport.
dispute-mail-given-away = The school checked and decided: this student's registration now belongs to whoever disputed it.
dispute-mail-stays-title = The school decided: the registration stays yours
dispute-mail-stays = The school checked the dispute about the registration that you hold and turned it down. Nothing has changed.
dispute-mail-free-title = You can save this student now
dispute-mail-free = The school checked and decided: the other passport no longer holds this student. Sign in and save the record. Give the student number when you save, or verify your email address first.
dispute-mail-lapsed = The other passport no longer holds this student, so nothing has to be decided. Sign in and save the record. Give the student number when you save, or verify your email address first.
dispute-mail-given-title = The school decided: the registration is yours
dispute-mail-given = The school checked and decided: this student's registration now belongs to your passport.
dispute-mail-refused-title = The school turned your dispute down
dispute-mail-refused = The school checked your dispute about this student's registration and turned it down. The registration stays with the passport that holds it. Contact the school if you disagree.
dispute-mail-another = The school checked everybody who said that this student is them, and gave the registration to another passport. Contact the school if you disagree.
dispute-mail-answer = The school says: { $text }
dispute-mail-ended-lines = Subjects that ended with it:
dispute-mail-kept-lines = Subjects entered:
dispute-mail-money = What you paid for these subjects goes back to the account it was paid from. You will get a message about it.
dispute-mail-pay-until = The seats are kept for you. Pay for what is unpaid before { $time }, or the seats are released.
dispute-mail-link = This is me
dispute-title = This is me
dispute-about = If another account holds your student record, ask your school to check that it is yours.
dispute-lead = : you are this student, but another passport holds the registration. Ask the school to decide.
dispute-link = This is me: ask the school to decide
dispute-messages = See your messages
dispute-none = You have not looked up a record yet. Come back when saving says that another passport holds the student.
dispute-how = What happens next
dispute-how-school = The school calls the number that you give and asks to see your identity document and student card. Two members of staff decide, usually within 1 to 3 working days. If it is urgent, contact the school yourself.
dispute-how-told = The account that holds the student is told, but does not see your number or your note.
dispute-how-others = If somebody else says the same, the school sees all claims side by side and decides for one, or for none.
dispute-how-result = The school gives you the registration, or frees the student so that you can save it, or turns the dispute down. What the other person paid goes back to them. You pay for your own subjects.
dispute-how-before = If it is an older account of your own, do not dispute it: finding your account is faster.
dispute-new = Ask the school to decide
dispute-number = Student number
dispute-number-hint = As on your student card. The school compares it.
dispute-phone = Telephone number
dispute-phone-hint = The school calls you on it.
dispute-note = Note
dispute-note-hint = For example when you can take a call. At most 500 characters.
dispute-send = Send
dispute-back = Back
dispute-opened-at = Opened
dispute-ended-at = Decided
dispute-state = State
dispute-state-open = Waiting for a decision
dispute-state-decided = Waiting for a second person
dispute-state-approved = Carried out
dispute-state-refused = Turned down
dispute-state-lapsed = Let go, no decision needed
dispute-own-open = The school is checking and will call you. The result is sent by email and kept in your messages.
dispute-own-approved-move = The registration is yours now.
dispute-own-approved-release = The student is free: save the record.
dispute-own-refused = The school turned it down. What the school says is in your messages.
dispute-own-lapsed = The other passport let go: save the record.
dispute-wrong-number = Give the student number, at most 40 characters
dispute-wrong-phone = Give a telephone number on which you can be reached
dispute-wrong-text = At most 500 characters, without control characters
dispute-wrong-evidence = Say what was checked, in at most 500 characters
dispute-wrong-decision = Choose a decision
dispute-free = No other passport holds this student now, so there is nothing to dispute: save the record
dispute-save = Save the record
dispute-changed = The dispute, the registration or its money has changed since you opened the page. Nothing was done. Look at it as it is now, then decide
dispute-over = The dispute is over, or its decision has lapsed after 7 days. Nothing was done
dispute-order-open = The payment gateway has not answered about a payment of the holder. Nothing was done. Try again in a few minutes
dispute-begun = An exam of this registration has begun, so it cannot be let go: move it, or turn the dispute down
dispute-locked = An oral subject that the school pays for would lose its written one. Nothing was done. Settle the collective payment first
dispute-claimant-bound = The claimant's passport holds another student by now, so the registration cannot move. Contact the claimant, then decide again
dispute-claimant-closed = The claimant's account was closed, so the registration cannot move to it. Contact the claimant, then decide again
dispute-staff-title = Disputes
dispute-staff-one = Dispute: this is me
dispute-staff-none = No disputes match
dispute-age = Waiting
dispute-waits-less = less than an hour
dispute-waits-hours =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
dispute-waits-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
dispute-ended = over
dispute-claimant = Claimant
dispute-rivals = Others who say that this student is them
dispute-rivals-text = The registration can go to one. When it moves, the other claims are turned down and their authors get a message.
dispute-rival = See this claim
dispute-holder = Holder
dispute-email = Email address
dispute-verified = verified
dispute-unverified = not verified
dispute-passport-closed = account closed
dispute-number-fits = as in the record
dispute-number-differs = not as in the record
dispute-bound-at = Bound
dispute-not-theirs = This account no longer holds the student
dispute-paid = paid ¥{ $amount }
dispute-paid-by-school = paid by the school
dispute-unpaid = unpaid
dispute-asking = A payment is still open: before the approval is carried out, the gateway is asked and the payment closed.
dispute-let-go-count = Accounts that let this student go in this sitting
dispute-misses = Recent look-ups and savings that failed
dispute-misses-n = { $n }
dispute-misses-braked = { $n }; more proof is asked for
dispute-registration = See the registration
dispute-decision = Decision
dispute-decision-move = Move it to the claimant
dispute-decision-release = Let it go
dispute-decision-refuse = Turn it down, nothing changes
dispute-evidence = What was checked
dispute-evidence-hint = For the second person: which documents were seen, who was asked. At most 500 characters.
dispute-answer = What both sides are told
dispute-answer-hint = May be empty. It is sent to both sides: no names, document numbers or telephone numbers of the other.
dispute-decided-by = Decided by
dispute-decided-at = Decided
dispute-approved-by = Approved by
dispute-lapses-at = Approval possible until
dispute-decide = Decide this dispute
dispute-decide-again = Decide otherwise
dispute-decide-text = A decision is carried out once another person of the same or a higher place approves it.
dispute-decide-do = Send the decision
dispute-effect = Once approved
dispute-effect-ends =
    { $n ->
        [one] { $n } subject ends and its seat is free
       *[other] { $n } subjects end and their seats are free
    }
dispute-effect-renewed =
    { $n ->
        [one] { $n } subject keeps its seat, unpaid, for the candidate to pay within 24 hours
       *[other] { $n } subjects keep their seats, unpaid, for the candidate to pay within 24 hours
    }
dispute-effect-stays = Subjects that the school pays for, or whose exam has begun, stay as they are
dispute-effect-back = ¥{ $amount } goes back to the payer
dispute-effect-none = Registration and money stay as they are. Both sides are told.
dispute-effect-not = It cannot be carried out now: { $why }
dispute-approve-text = Look at both sides and at what was checked first. It cannot be undone.
dispute-approve-do = Approve
dispute-needs-second = Another person of the same or a higher place has to approve this decision.
dispute-task =
    { $n ->
        [one] { $n } dispute waits
       *[other] { $n } disputes wait
    }
dispute-menu = Disputes
