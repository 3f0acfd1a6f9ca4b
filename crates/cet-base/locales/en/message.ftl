# Messages: the mails to candidates, and the page that keeps the same texts.

# ---- the page ----
message-title = Messages
message-about = All messages sent to you.
message-lead = Every notice to you is kept here, even if email does not reach you. Emails for a new password or for verifying an address hold a link. They go to your mailbox only and are not shown here.
message-none-title = No messages yet
message-none = Notices appear here once you have saved a registration, entered subjects or paid.
message-older = Older messages
message-newest = Newest messages
message-back = Back to your account
message-mails = Notices by email
message-mails-on = Now: every notice is emailed.
message-mails-off = Now: only necessary notices are emailed.
message-mails-hint = Emails about payments, removed subjects, refunds, reviews, changed seats and the safety of your account are always sent. You can switch off emails about saving, entering, payment reminders, cancelling and seats. Their texts stay in your messages.
message-mails-turn-off = Switch optional emails off
message-mails-turn-on = Receive every email
message-mails-changed-off = Optional emails are switched off
message-mails-changed-on = Every notice is emailed from now on
message-mail-kept = The same text is kept on the page “Messages” of your passport.
message-mail-optional = You can switch emails of this kind off on your account page.
message-mail-education = { $page } (education network)

# ---- shared ----
message-line = { $subject }, { $campus }, ¥{ $fee }
message-sum = Total: ¥{ $amount }
message-to-written = Enter written tests
message-to-start = Start registering

# ---- saved, entered ----
message-saved-title = Your registration is saved
message-saved = Your passport is bound to the student. School: { $school }, campus: { $campus }.
message-saved-next = Enter subjects by { $time }. A registration without subjects is deleted 24 hours after it was saved, and you then have to start again.
message-saved-by-school = Your school has entered you in these subjects:
message-entered-title = Entered, pay by { $time }
message-entered = You have entered these subjects. Your seats are kept until { $time }:
message-entered-by-school = Your school has entered you for these subjects. Your seats are kept until { $time }:
message-entered-next = Pay by { $time }, or the subjects are removed.

# ---- paid ----
message-paid-title = Paid, ¥{ $amount }
message-paid-late-title = Paid late: you have your seats again, ¥{ $amount }
message-paid = The fee for these subjects has arrived. Your entry counts:
message-paid-order = Order number: { $number }, paid with { $gateway }.
message-paid-by-school = Your school has paid.
message-paid-late = The money arrived after your hold had ended. The system has given you your seats again, and your entry counts.
message-paid-complete = You have nothing left to pay. Your home page says when you can print your ticket.
message-paid-rest = These subjects are not paid yet:

# ---- reminder, expired, cancelled, released ----
message-reminder-title = Pay by { $time }
message-reminder = These subjects are not paid yet. Your seats are kept only until { $time }:
message-reminder-next = Pay by { $time }, or the subjects are removed.
message-reminder-twice = If you have paid, do not pay again. The system keeps asking the payment gateway.
message-expired-title = Not paid in time, subjects removed
message-expired = These subjects were not paid in time. They were removed at { $time } and their seats were given back. An oral test goes with the written test that it needs.
message-expired-next = If you still want to sit the exam and registration is still open, enter again.
message-expired-released = Your registration had no subject left and was deleted too. If you still want to sit the exam and registration is still open, have your eligibility checked and enter again.
message-expired-money = If you have paid, do not pay again: if registration is still open, there is a seat, and you had not changed to another order when the money arrives, you get a seat again. If not, we return the money to the account you paid from.
message-cancelled-title = Entry cancelled
message-cancelled = You have cancelled these subjects, and their seats were given back:
message-cancelled-next = If you still want to sit the exam, enter again while registration is open. A registration without subjects is deleted.
message-released-title = Your registration was deleted
message-released = The registration that you saved at { $time } ({ $school }, { $campus }) had no subjects and was deleted.
message-released-next = If you still want to sit the exam, have your eligibility checked and enter again while registration is open.

# ---- review, seats, refunds ----
message-review-reason = What your school wrote: { $text }
message-seated-title = Your seat is published
message-seated = These subjects have their seats:
message-seat-changed-title = Your room or seat has changed
message-seat-changed = Your room or seat has changed. This is what counts now. Tickets that you printed before are no longer valid, print them again:
message-seat-was-changed = Your room or seat was changed before the exam. This email is late: the exam has begun, and there is nothing left for you to do. After the change it was:
message-seat = { $subject }: { $campus }, room { $room }{ $where }, seat { $seat }, exam at { $time }
message-seat-oral = { $subject }: { $campus }, batch { $session }, room { $room }{ $where }, place { $seat }, exam at { $time }
message-prints = You can print your tickets from { $time } until the day of the exam.
message-prints-unset = The date from which you can print tickets is not set yet. Your home page will show it.
message-setting-title = Changes to the registration arrangements
message-setting = The arrangements of this exam have changed. This affects what you have entered:
message-setting-closing = Registration closes earlier. Seats that are not paid for yet are held until the same time as before. After registration has closed, you cannot enter other subjects.
message-setting-exam = The time of the exam has changed.
message-setting-fee = The fee has changed. What you have entered keeps the fee of the time you entered it.
message-setting-was-changed = The arrangements of this exam were changed before it began, and that affected what you have entered. This email is late: the exam has begun, and there is nothing left for you to do. After the change it was:
message-setting-now = Your subjects are now:
message-setting-line = { $subject }, { $campus }: exam { $exam }, registration closes { $closes }, fee ¥{ $fee }
message-standby-given-title = A seat is yours: pay by { $time }
message-standby-given = A seat came free for the subject that you were waiting for. It is now registered in your name:
message-standby-given-next = Pay by { $time }. If you do not, the seat goes to the next person in line and you lose your place.
message-standby-missed-title = A seat from the waiting list: the time to pay is over
message-standby-missed = A seat came free for the subject that you were waiting for. It was registered in your name, to be paid for by { $time }:
message-standby-missed-next = That time has passed, and this email is late. If you have paid, nothing changes. If you have not, you cannot pay any more and the seat is not kept for you.
message-standby-ended-title = You are no longer on the waiting list
message-standby-ended = You were waiting for { $subject } at { $campuses }. The waiting has ended and no seat came free for you.
message-standby-and = { " and " }
message-standby-ended-closed = Registration is about to close, and the waiting list has closed with it.
message-standby-ended-refused = When it was your turn, you could no longer enter this subject: for example, you have entered another subject of the level, or the written test that the oral one needs is gone. The seat went to the next person in line.
message-refund-done-title = Examination fee: money was returned
message-refund-done = { $gateway } has returned ¥{ $amount } of order { $number } to the account you paid from.
message-refund-by-hand = The refund of ¥{ $amount } for order { $number } was paid by finance outside this system.
message-refund-done-when = Your bank decides when it shows.
message-refund-refused-title = Examination fee: staff see to your refund
message-refund-refused = ¥{ $amount } of order { $number } is owed to you, and { $gateway } did not accept this refund.
message-refund-unknown = ¥{ $amount } of order { $number } is owed to you, and { $gateway } did not confirm this refund.
message-refund-refused-next = The money is not lost. Staff see to it, and you do not need to do anything. We will tell you when it has been returned.
message-from-staff-title = Message from { $from }: { $title }
message-from-staff-note = { $from } sent you this message through the registration system. Neither the system nor your school will ever ask for your password or a verification code.
message-from-staff-nation = the national examination authority
