# Pages of staff.
staff-site = CET administration
staff-nation = Nation
staff-role-school = School
staff-role-province = Province
staff-role-national = National
staff-role-customer-service = Customer service
staff-role-supervisor = Supervisor
staff-role-finance = Finance
staff-role-auditor = Auditor
staff-menu = Administration
staff-menu-work = Work
staff-menu-candidates = Candidates
staff-menu-settings = Settings
staff-waiting = waiting
staff-overview = Overview
staff-waits = Waiting for you
staff-nothing-waits = Nothing is waiting for you.
staff-rebinds = Change of passport
staff-registrations = Registrations
staff-retrieval = Account retrieval
staff-audit = Audit log
staff-filter-unknown = There is no such choice, so this filter was left out: choose one from the list.
staff-filter-place = There is no such place in your scope: enter the code of a school or campus.
staff-find = Find
staff-clear = Clear
staff-all = All
staff-pager = Pages
staff-fifty = 50 rows per page
staff-part = The search has not reached the end of the list: the next page goes on. A campus makes it quicker.
staff-first-page = First page
staff-next-page = Next page
staff-as-csv = Export CSV
staff-exported-by = Exported by
staff-file-mark = Notes
staff-too-many-rows = You cannot export more than 5000 rows at once. Narrow the search, or request a file that a second person approves.
staff-login-title = Staff login
staff-account = Account
staff-password = Password
staff-next = Next
staff-wrong-credentials = The account or the password is wrong. Try again.
staff-factor-title = Second factor
staff-code = One-time code
staff-code-hint = The 6 digits that your authenticator shows. Without your phone, use one of your recovery codes.
staff-enter = Enter
staff-other-account = Use another account
staff-wrong-code = The code is wrong, expired or already used. Wait for the next code and enter it.
staff-enrol = First login: scan this image with the authenticator on your phone, then enter the 6 digits that it shows.
staff-enrol-picture = QR code for the authenticator; if you cannot scan it, type the secret below
staff-enrol-secret = Secret:
staff-codes-title = Recovery codes
staff-codes-text = If you lose your phone, use a recovery code in place of a one-time code. Each works once. Keep them in a safe place: they are not shown again.
staff-codes-noted = I have saved them
staff-password-title = Change password
staff-password-first = Someone else has seen this first password. Replace it with your own.
staff-password-current = Current password
staff-password-new = New password
staff-password-hint = At least 12 characters. Do not use a common password.
staff-password-again = Repeat new password
staff-password-save = Save
staff-language = Language of emails
staff-language-hint = Emails to you are in this language: a changed password, authenticator or address, and requests to reset your account. Pages stay as they are.
staff-language-label = Language
staff-language-zh = 中文
staff-language-en = English
staff-language-save = Save
staff-language-saved = Language of emails saved
staff-language-saved-text = Emails to you are in the chosen language from now on.
staff-wrong-password = The current password is wrong. Try again.
staff-weak-password = Use at least 12 characters. Do not use a common password or the current one.
staff-registration = Registration
staff-registration-hint = School code and number, such as 99301-123. The registration's own page fills it in.
staff-find-one = Find one person
staff-find-order = Find an order
staff-narrow = Narrow the list
staff-passport-id = Passport ID
staff-document-kind = Document type
staff-college = College
staff-class = Class
staff-none-found = No results.
staff-not-found = Nothing was found in your scope. Check the details and try again.
staff-no-subject = No subject
staff-col-name = Name
staff-col-number = Student number
staff-col-class = College / class
staff-col-campus = Campus
staff-col-document = Document number
staff-col-subjects = Subjects
staff-col-payment = Payment
staff-col-paid = Paid
staff-col-unpaid = Unpaid
staff-col-saved = Saved
staff-col-time = Time
staff-col-school = School code
staff-col-actor = Who
staff-col-action = What
staff-col-object = On what
staff-col-address = Address
staff-col-detail = Details
staff-from = From
staff-to = Until (exclusive)
staff-show-document = Show the full document number
staff-show-logged = Every view is recorded in the audit log.
staff-show-submit = Record the reason and show
staff-reason = Reason
staff-reason-needed = Choose a reason.
staff-reason-record = Checking a student record
staff-reason-candidate = The candidate called or visited
staff-reason-review = Eligibility review
staff-reason-rebind = Change of passport
staff-retrieved = Found. The account is
staff-retrieval-text = Tell the account only to the candidate. Every look-up is recorded in the audit log.
staff-state = State
staff-requester = Requested by
staff-asked-at = Requested
staff-expires-at = Can be approved until
staff-approver = Decided by
staff-decided-at = Decided at
staff-rebind = Request for a change of passport
staff-rebind-new = Change the passport
staff-rebind-text = For a candidate who registered with a wrong address and forgot the password: the candidate registers a new passport, you submit the request, and a supervisor approves it. A request is valid for 72 hours.
staff-old-passport = Old passport ID
staff-old-email = Its email address
staff-new-passport = New passport ID
staff-new-email = New email address
staff-evidence = How the candidate was identified
staff-evidence-hint = How you know that the caller is the candidate, for example what you compared.
staff-rebind-ask = Submit the request
staff-back = Back
staff-rebind-effect = On approval, the registration with its entries, payments and review moves to the new passport. Both passports are logged out, their emailed links stop working, and both addresses get an email.
staff-rebind-approve = Approve
staff-rebind-refuse = Refuse
staff-rebind-state-asked = Waiting for approval
staff-rebind-state-done = Moved
staff-rebind-state-refused = Not approved
staff-rebind-state-over = Expired
staff-rebind-unknown = No passport has this ID. Check all 32 characters with the candidate.
staff-rebind-email = This is not the address of the new passport. Check it with the candidate.
staff-rebind-bound = The new passport already has a registration. Check the ID with the candidate.
staff-rebind-open = A request for this registration is already waiting for a decision.
staff-rebind-no-evidence = Enter how the candidate was identified, in at most 500 characters.
staff-rebind-same = You made this request, so another supervisor has to decide it.
staff-rebind-over = This request was already decided, or it has expired.
staff-rebind-changed = Something has changed since the request was made. Submit a new request.
staff-mail-rebind-subject = Your registration was moved to another passport
staff-mail-rebind-new = Your registration now belongs to this passport. Entries and payments are unchanged. Log in again.
staff-mail-rebind-old = Your registration was moved from this passport to another one. Customer service checked the identity of the person who asked.
staff-mail-rebind-else = If this was not you, call { $telephone } at once.
staff-mail-rebind-else-uncalled = If this was not you, tell customer service at once.
staff-menu-own = Account
staff-already-done = This was done before. Nothing was done a second time.
staff-back-to-list = Back to the list
staff-read-at = As of
staff-person = Name or student number
staff-payment = Payment
staff-payment-paid = All paid
staff-payment-unpaid = Some unpaid
staff-entry-locked = Locked by a collective payment
staff-entry-until = kept until { $time }
staff-time-wrong = This time is not valid. Enter it like 2017-09-20 08:00.
staff-rebinds-none = No requests to change a passport. Customer service creates one here when a candidate registered with a wrong address and forgot the password.
staff-task-reviews =
    { $n ->
        [one] { $n } CET6 review
       *[other] { $n } CET6 reviews
    }
staff-task-rebinds =
    { $n ->
        [one] { $n } change of passport to approve
       *[other] { $n } changes of passport to approve
    }
staff-task-rebinds-asked =
    { $n ->
        [one] { $n } change of passport waiting for a supervisor
       *[other] { $n } changes of passport waiting for a supervisor
    }
staff-task-collective =
    { $n ->
        [one] { $n } collective payment to confirm
       *[other] { $n } collective payments to confirm
    }
staff-task-suspense =
    { $n ->
        [one] { $n } payment that matches no order
       *[other] { $n } payments that match no order
    }
staff-task-refunds =
    { $n ->
        [one] { $n } refund in progress
       *[other] { $n } refunds in progress
    }
staff-task-refund-requests =
    { $n ->
        [one] { $n } request for a refund waits for a second person
       *[other] { $n } requests for refunds wait for a second person
    }
staff-task-refunds-stopped =
    { $n ->
        [one] { $n } refund stopped and waits for finance
       *[other] { $n } refunds stopped and wait for finance
    }
staff-task-exports =
    { $n ->
        [one] { $n } file waiting for a second person
       *[other] { $n } files waiting for a second person
    }
staff-task-drafts =
    { $n ->
        [one] { $n } draft of an arrangement to publish
       *[other] { $n } drafts of arrangements to publish
    }
staff-task-changes =
    { $n ->
        [one] { $n } change waiting for a second person
       *[other] { $n } changes waiting for a second person
    }
staff-task-watched =
    { $n ->
        [one] { $n } file or full document number in 24 hours
       *[other] { $n } files or full document numbers in 24 hours
    }
staff-task-watched-text = “List exported” and “Full document number shown” of the audit log
staff-task-until = the first expires at { $time }
staff-task-locked =
    { $n ->
        [one] { $n } subject locked, released at { $time }
       *[other] { $n } subjects locked, the first released at { $time }
    }
staff-task-refund-sum = { $sum } in total, the oldest since { $time }
staff-figure-registrations = Registrations
staff-figure-paid = Paid subjects
staff-figure-unpaid = Unpaid subjects
staff-figure-amount = Received
staff-figure-left = Seats left
staff-figure-entered = Entered
staff-figure-until = Until the end
staff-figure-of-entries = { $share } of all entries
staff-figure-capacity = of { $capacity }
staff-figure-days =
    { $days ->
        [one] { $days } day
       *[other] { $days } days
    }
staff-figure-closed = Closed
staff-statistics = Statistics
staff-by-pool = Seats taken by campus
staff-by-day = Saved, entered and paid by day
staff-by-subject = Entered and paid by subject
staff-place = Place
staff-by-province = Provinces
staff-by-school = Schools
staff-by-campus = Campuses
staff-col-share-paid = Share paid
staff-money-days = Money by day
staff-money-sum = { $received } yuan received, { $refunded } sent back, { $net } remain. Below are the last 14 days; the file has all.
staff-money-above = above: received
staff-money-under = below: sent back
staff-money-bars = Received and sent back
staff-money-payments = Payments
staff-money-refunds = Refunds
staff-col-received = Received (yuan)
staff-col-payments = Number
staff-col-refunded = Sent back (yuan)
staff-col-net = Net (yuan)
staff-collective-way = Collective payment
staff-figures-none = Nothing has been counted yet; there will be figures within a minute. Open the page again then.
staff-figures-old = These figures are older than a minute: the job that counts may not be running. Tell whoever runs the site.
staff-task-waits = the oldest since { $time }, for { $age }
staff-age-minutes = { $n } min
staff-age-hours = { $n } h
staff-age-days = { $n } d
staff-checks-open = Still to do: { $n }
staff-checks-none = Readiness: nothing is missing
staff-checks-done = Ready: { $n }
staff-check-state-done = Ready
staff-check-state-look = Have a look
staff-check-state-todo = To do
staff-check-state-blocking = Missing
staff-check-subjects = Subjects with exam dates: { $n }.
staff-check-fees = Subjects with fees: { $n }.
staff-check-windows = Modes with registration dates: { $n }.
staff-check-dates = All registration windows are in the past: nobody can enter.
staff-check-pools =
    { $n ->
        [one] { $n } seat. A subject without seats is shown as full.
       *[other] { $n } seats. A subject without seats is shown as full.
    }
staff-check-written = It is written.
staff-check-unwritten = It has no text yet.
staff-check-guidance = Modes with guidance: { $n }.
staff-check-oral = The campuses for the oral test are set.
staff-check-oral-unset = Nothing is set: candidates take the oral test at their own campus only.
staff-check-rosters = There are student records.
staff-check-no-rosters = There are no student records yet: students do not find themselves.
staff-phases = Phases of the sitting
staff-phase-registration = Registration
staff-phase-printing = Admission tickets
staff-phase-exams = Exams
staff-watched-last = Exports and full numbers shown in 24 hours
staff-watched-none = Nobody exported a list or saw a full document number in 24 hours.
staff-last-changes = Last changes
staff-col-entries = Entered and paid
staff-q = Find
staff-q-school = Any part of a name, a student number, a document number, a passport ID, an order number or a ticket number
staff-q-too-short = Outside one school, type at least two letters of the name.
staff-q-students = Any part of a name, a student number, a document number, an order number or a ticket number
staff-q-orders = A number of an order, of the gateway's trade, of a refund or of a document
staff-total = { $n } in all
staff-total-about = about { $n }
staff-tick = Choose
staff-tick-enter = Enter as a group
staff-tick-pay = Pay together for those that the filters leave
staff-chart-left = Left: registrations saved
staff-chart-middle = Middle: subjects entered
staff-chart-right = Right: subjects paid
staff-chart-label = The last 14 days. Registrations saved: { $saved }, subjects entered: { $entered }, subjects paid: { $paid }. The table below has the numbers of each day.
staff-ticked-for = With the ticked students:
staff-ticked-page = Tick this page
staff-ticked-none = Untick all
staff-ticked-bar = Bar from subjects
staff-ticked-lift = Lift a bar
staff-ticked-pay = Pay together
staff-as-xlsx = Export XLSX
staff-ticked-nobody = Nobody is ticked, or more than 500 people are. Go back to the list, tick the people and try again.
staff-ticked-subject = This sitting has no such subject. Tick the subjects again.
staff-ticked-more = and { $n } more
staff-ticked-people = People: { $n }
staff-ticked-done = done
staff-ticked-not-done = not done
staff-ticked-some-gone = Records that a new import replaced, or that were withdrawn, since you opened the list: { $n }. Nothing is done with them.
staff-ticked-bar-about = This bars the students below from the subjects that you tick. Students: { $n }. Those who have saved a registration stay as they are and are listed.
staff-ticked-bar-do = Bar from these subjects
staff-ticked-lift-about = This lifts the bar from the subjects that you tick for the students below. Students: { $n }. The rules still decide what they may enter. Those who have saved a registration stay as they are and are listed.
staff-ticked-lift-do = Lift the bar
staff-ticked-barred = Barred from these subjects.
staff-ticked-lifted = The bar is lifted.
staff-ticked-barred-listed = Barred, but the roster lists one of the subjects for these students, so the bar has no effect there. Take the subject out of the roster first.
staff-ticked-barred-before = Barred before. Nothing has changed.
staff-ticked-lifted-before = Not barred before. Nothing has changed.
staff-ticked-saved = The candidate has saved a registration, so the record can no longer be changed. Look after the subjects on the registration’s page.
staff-ticked-gone = A new import replaced the record, or it was withdrawn. Refresh the list and tick again.
staff-ticked-ended = The registration has ended. Refresh the list and tick again.
staff-ticked-some-ended = Registrations that have ended since you opened the list: { $n }. Nothing is done with them.
staff-message = Send a message to candidates
staff-message-write = Send a message
staff-message-about = The message goes to the candidates below. Candidates: { $n }. They see it on their messages page and get it by email. You cannot take it back after you send it.
staff-message-left-out = Students who have not saved a registration and cannot get the message: { $n }.
staff-message-title = Title
staff-message-title-hint = Up to 60 characters, for example: Pay by 28 September.
staff-message-body = Message
staff-message-body-hint = Plain text, up to 1,000 characters. Do not include names, document numbers or passwords: a candidate’s email address may be wrong.
staff-message-send = Send the message
staff-message-done = Message sent
staff-message-sent = The message is on its way to these candidates.
staff-message-no-account = The school registered these students and they have no passport yet, so they cannot get the message.
staff-message-unregistered = These students have not saved a registration, so they cannot get the message.
staff-message-wrong-title = Enter a title of up to 60 characters on one line.
staff-message-wrong-body = Enter a message of up to 1,000 characters in plain text.
staff-message-too-many = This account has sent too many messages in the last hour. This one was not sent. Try again later.
staff-close = Close
staff-student-open = Open the record to correct or remove it
staff-registration-open = Open the registration
staff-see-numbers = See the numbers
staff-col-day = Day
staff-by-hour = Saved, entered and paid in the last 24 hours
staff-figure-saved = Saved
staff-col-hour = Hour
staff-hour-label = The last 24 hours. Registrations saved: { $saved }, subjects entered: { $entered }, subjects paid: { $paid }. The table below has the numbers of each hour.
staff-funnel = From logging in to paying
staff-funnel-step = Came as far as
staff-funnel-people = Candidates
staff-funnel-share = Of the first step
staff-funnel-ratio = Share
staff-funnel-stopped = Stopped here
staff-funnel-saved = Registration saved
staff-funnel-entered = Subjects entered
staff-funnel-entered-of = Subjects entered ({ $mode })
staff-funnel-paid = Nothing left to pay
staff-funnel-paid-of = Nothing left to pay ({ $mode })
staff-funnel-no-entry = { $count } entered no subject
staff-funnel-no-entry-of = { $count } entered none ({ $mode })
staff-funnel-unpaid =
    { $count ->
        [one] { $count } still has something to pay
       *[other] { $count } still have something to pay
    }
staff-outlook = Expected when registration closes
staff-outlook-entered = Subjects entered, with those cancelled or expired later
staff-outlook-paid = Subjects paid
staff-outlook-basis = An estimate, not a promise. It compares the figures of { $now } with the same point of { $last } ({ $at }), when { $share } of its entries here had been made.
staff-outlook-before = There is an estimate once registration is open.
staff-outlook-after = Registration has closed. The figures above are the last ones.
staff-outlook-no-last = No estimate: the daily figures of the sitting before were not kept from its opening.
staff-outlook-few = No estimate: too few subjects were entered here in the sitting before.
staff-outlook-early = No estimate: at the same point of the sitting before hardly any subjects were entered.
staff-col-subject = Subject
staff-col-subject-or-day = Subject or day
staff-col-figure = Figure
staff-col-taken = Taken
staff-col-left = Left
staff-col-capacity = Capacity
staff-col-fill = Filled
staff-col-share = Share
staff-col-amount = Sum (yuan)
staff-col-sex = Sex
staff-col-college = College / major / class
staff-col-listed = Listed subjects
staff-col-barred = Barred subjects
staff-col-gateway = Gateway
staff-col-bank = Bank
staff-col-settled = Paid or closed at
staff-students = Roster
staff-students-none = No students match. Students are added by importing the roster.
staff-student = Student record
staff-student-study = Education / years / year of entry
staff-student-major = Major
staff-student-grade = Grade
staff-student-remark = Remark
staff-student-correct = Correct the record
staff-student-correct-text = You can correct every column until the candidate has saved the registration. What a file may not say is refused here too.
staff-student-document-hint = Leave this empty to keep the document. With another type or number the candidate has to look up the record again.
staff-student-listed-hint = None ticked: the rules say which subjects the candidate may enter.
staff-student-other-school = Choose a campus of the same school. For a move to another school, that school adds the student.
staff-student-elsewhere = Another school, or a campus outside your area, has a record with this document. Nothing was changed. Check the number. If it is the same person, remove this record and add the student anew: the other school then decides.
staff-student-barred-hint = The candidate cannot enter the ticked subjects.
staff-student-barred-listed = { $subject } (stands in 资格科目, which overrides this: take it out of the list first)
staff-student-save = Save the correction
staff-student-saved = The candidate has saved the registration, so a correction would no longer apply to it. You cannot change the record here.
staff-by-rules = By the rules
staff-orders = Orders
staff-orders-none = No orders match.
staff-order = Payment order
staff-order-asked = The gateway was asked
staff-order-said-paid = It says that the order is paid; the money is booked by the rules.
staff-order-said-closed = It says that the trade is closed or refunded.
staff-order-said-waiting = It says that nothing has been paid yet.
staff-order-said-missing = It has no such trade: the candidate has not reached its page.
staff-order-said-declined = It says that the bank declined.
staff-order-said-silence = It gave no answer to believe: whether it is paid stays unknown, and the system goes on asking.
staff-order-agrees = Money and seats agree
staff-order-bill-differs = A daily bill says something else
staff-order-console-unbooked = A refund that the gateway told of was settled without being booked: see the unmatched payments
staff-order-differs = Money and seats differ: tell the operator
staff-order-doubtful = Unmatched payments wait
staff-order-refund-stuck = A refund did not go through: finance sees to it
staff-order-silent = The gateway does not answer: what came is not known yet
staff-order-sums = Received { $received }, used for subjects { $used }, refunds { $back }.
staff-order-sum-by-hand = Of this, { $sum } was paid outside.
staff-order-sum-due = Another { $sum } is being refunded.
staff-order-sum-refused = Another { $sum } was refused by the gateway.
staff-order-sum-unknown = Of another { $sum } it is not known whether it was refunded.
staff-order-back = Refunds (yuan)
staff-order-seat = Seat
staff-order-seated = Assigned { $ticket }
staff-order-seat-void = { $ticket } void
staff-order-seat-held = Held
staff-order-seat-free = None
staff-order-total = Total
staff-order-receipts = Money received
staff-order-no-receipt = No money was received.
staff-order-used = For subjects (yuan)
staff-order-proof = Proof
staff-order-booked = Booked
staff-proof-notice = Signed notification
staff-proof-query = Our own query
staff-order-no-refund = No refunds.
staff-order-ask = Ask the gateway
staff-order-deadline = Deadline
staff-order-next = Asked next
staff-order-candidate = Candidate
staff-order-released = Registration released
staff-order-others = Other orders of the candidate
staff-order-told = Where the money went
staff-event-raw = The facts as stored
staff-event-bad = (a problem)
staff-event-opened = Opened
staff-event-sent-to-gateway = The candidate went to the gateway
staff-event-returned = The candidate came back
staff-event-asked = Somebody had the gateway asked
staff-event-answered = The gateway answered
staff-event-answered-paid = The gateway answered: paid
staff-event-answered-waiting = The gateway answered: not paid yet
staff-event-answered-missing = The gateway answered: no such trade
staff-event-answered-declined = The gateway answered: the bank took no money
staff-event-window-closed = Registration is over
staff-event-not-allowed = It may take no seat any more
staff-event-not-granted = No longer eligible
staff-event-bound-elsewhere = Another passport holds the student record
staff-event-silent = The gateway gave no answer to believe
staff-event-notified = Notification of money that fits
staff-event-notice-refused = Notification of money that does not fit
staff-event-booked = Booked for a subject
staff-event-seated-again = Late money took its seat again
staff-event-not-booked = Not used for a subject
staff-event-closed = Closed
staff-event-closed-deadline = Closed: the time to pay is over
staff-event-closed-replaced = Closed: another gateway or other subjects were chosen
staff-event-closed-given-up = Closed: the candidate cancelled a subject of it
staff-event-refund-due = A refund is due
staff-event-refund-asked = Finance asked for a refund
staff-event-refund-approved = A second person approved it
staff-event-refund-turned-down = A second person turned it down
staff-event-refund-sent = The refund was sent
staff-event-refund-refused = The gateway refused the refund
staff-event-refund-pending = The gateway has not confirmed the refund yet
staff-event-refund-unknown = Whether it refunded is unknown
staff-event-refund-done = Refunded
staff-event-by-hand = Finance paid it outside
staff-event-suspense-opened = Put before finance
staff-event-suspense-resolved = Settled by finance
staff-event-reconciled = Compared with the daily statement
staff-event-reconciled-same = Compared with the bill: the same
staff-event-reconciled-different = Compared with the bill: different
staff-event-reconciled-resolved = Its difference from the bill is resolved
staff-entry-expired = Not paid in time
staff-entry-cancelled = Cancelled
staff-entry-withdrawn = Ended by a refund, no longer entered
staff-entry-paid-elsewhere = Paid by another order
staff-refunds = Refunds
staff-refunds-about = The system sends refunds to the gateway and asks until the gateway has confirmed them. What the gateway refuses or does not explain stops and waits for finance.
staff-refunds-none = No refunds match.
staff-refund-number = Refund number
staff-refund-tries = Attempts
staff-refund-due-text = The system sends it and asks until the gateway confirms it; nobody has to do anything. What the gateway refuses stops and waits for finance.
staff-refund-due = Due since
staff-refund-done = Accepted
staff-refund-surplus = Paid twice
staff-refund-replaced = The order was replaced
staff-refund-locked = The school pays for the subject
staff-refund-cancelled = The candidate cancelled the subject
staff-refund-no-seat = Paid too late, no seat left
staff-refund-needs-written = The written test it needs is unpaid
staff-refund-exam-cancelled = Exam cancelled
staff-refund-mistaken = Taken by mistake
staff-refund-instructed = Decided by the authority
staff-refund-console = Sent back in the gateway’s own console
staff-refund-new = Ask for a refund
staff-refund-checks = Checks
staff-refund-check-paid = Paid by its order
staff-refund-check-unpaid =
    { $n ->
        [one] { $n } subject of an order that is not paid
       *[other] { $n } subjects of orders that are not paid
    }
staff-refund-check-within = No more than was paid
staff-refund-check-over =
    { $n ->
        [one] { $n } subject of more than was paid
       *[other] { $n } subjects of more than was paid
    }
staff-refund-check-billed = The gateway's bill has it
staff-refund-check-bill-waits =
    { $n ->
        [one] { $n } subject paid on a day whose bill is not compared yet
       *[other] { $n } subjects paid on days whose bills are not compared yet
    }
staff-refund-check-unbilled =
    { $n ->
        [one] { $n } subject whose payment is not in the gateway's bill
       *[other] { $n } subjects whose payments are not in the gateway's bills
    }
staff-refund-request = Request for a refund
staff-refund = Refund
staff-refund-state-refused = Refused, waits for finance
staff-refund-state-unknown = Unknown, waits for finance
staff-refund-state-by-hand = Paid outside
staff-refund-state-stopped = Waits for finance
staff-refund-answer = The gateway’s answer
staff-refund-stopped = Stopped
staff-settled-by = Settled by
staff-refund-retry = Send again
staff-refund-retry-refused = The gateway refused this refund. Send it again once the cause is gone, such as a balance that is too low.
staff-refund-retry-unknown = The gateway lists a refund of the same sum that may be this one. Check its console first: if it has been made, do not send it again, or it is paid twice.
staff-refund-by-hand = Mark as paid outside
staff-refund-by-hand-text = It only records, and sends nothing to the gateway; the candidate is told.
staff-refund-by-hand-hint = Name the voucher; the auditor sees it.
staff-refund-no-note = Write a note of at most 500 characters.
staff-settled-over = It has been settled, or needs no decision. Load the page again.
staff-settled-by-hand = { $who } marked this refund as paid outside at { $time }. It cannot be decided again, and nothing was changed.
staff-settled-done = The gateway made this refund at { $time }: there is nothing to decide. Nothing was changed.
staff-settled-due = The system is sending this refund to the gateway: there is nothing to decide. Nothing was changed.
staff-settled-money = { $who } settled this payment at { $time }: { $as }. It cannot be settled again, and nothing was changed.
staff-refund-requests = Waiting for a second person
staff-refund-requests-none = No request waits.
staff-refund-own = What became of my requests
staff-refund-over-at = Ended
staff-refund-by-order = By order
staff-refund-by-exam = A whole exam (cancelled)
staff-refund-by-exam-hint = No subject means every subject, no campus means every campus, and neither means the whole sitting.
staff-refund-sitting = Sitting
staff-refund-subject = Subject
staff-refund-of-order = Order { $number }
staff-refund-of-exam = { $subject } at campus { $campus }: all that candidates paid
staff-refund-of-subject = { $subject } at every campus: all that candidates paid
staff-refund-of-campus = Every subject at campus { $campus }: all that candidates paid
staff-refund-of-sitting = Sitting { $sitting }, every subject at every campus: all that candidates paid
staff-refund-paid = Paid (yuan)
staff-refund-back = Already back (yuan)
staff-refund-now = Now (yuan)
staff-refund-effect = Seat afterwards
staff-refund-none-is-all = With nothing ticked, the subjects with a sum go back; with no sum either, all that is left. An empty sum is all that is left of the subject.
staff-refund-ends = The entry ends, the seat is free
staff-refund-keeps = Entry and seat stay
staff-refund-not-this = Nothing goes back this time, and the entry stays
staff-refund-unfit-not-paid = The entry is not paid or has ended: nothing can go back. Look at the order again.
staff-refund-unfit-by-school = Its school paid for it, not through a gateway: settle it with the school.
staff-refund-unfit-nothing = No sum. Type one from 0.01 to what is left of the entry.
staff-refund-unfit-too-much = More than what is left. Type a sum from 0.01 to what the table says is left of the entry.
staff-refund-unfit-all-back = All of it went back, or is on its way: nothing is left to refund.
staff-refund-unfit-oral = The candidate’s oral test needs this written one: refund the oral first, or both together.
staff-refund-unfit-unexplained = Part of this order was sent back in the gateway’s own console, and nobody has said yet what that was. Settle it under “Unmatched payments” first: the same money could go back twice.
staff-refund-left-out =
    { $n ->
        [one] { $n } stays out: { $why }
       *[other] { $n } stay out: { $why }
    }
staff-refund-nothing = There is nothing to refund. Check the order, or subject and campus.
staff-refund-lines = Entries
staff-refund-ending = Entries that end
staff-refund-kind = Cause
staff-refund-kind-hint = Candidates see it.
staff-refund-reason-hint = The second person and the auditor see it.
staff-refund-after = Afterwards
staff-refund-after-second = Another person of finance must approve within seven days.
staff-refund-after-way = The money goes back to where it came from.
staff-refund-after-entry = An entry whose whole fee goes back ends at once and frees its seat; an assigned room seat stays empty and its ticket is void. With a part, or once the exam has begun, the entry stays.
staff-refund-after-told = The candidate gets an email.
staff-refund-look = Show the effect
staff-refund-send = Send to a second person
staff-refund-amount-wrong = Write yuan with at most two decimals, from 0.01 to what is left of the entry, as 30.00.
staff-refund-amount-no-tick = This subject has a sum but no tick. Tick it, or clear the sum.
staff-refund-both = An order can’t be combined with a subject or campus: use one of the two.
staff-refund-no-reason = Give a reason of at most 500 characters.
staff-refund-no-kind = Choose the cause: candidates see it.
staff-refund-too-many = Too many entries: at most 20,000 at once. Ask by campus and subject.
staff-refund-line-unknown = This order did not pay for that entry. Open the page again.
staff-refund-same = Asking and approving take two people: another person of finance must approve.
staff-refund-over = It was decided already, or has lapsed. Load the page again.
staff-refund-over-approved = { $who } approved this request at { $time }. It cannot be decided again, and nothing was changed.
staff-refund-over-refused = { $who } refused this request at { $time }. It cannot be decided again, and nothing was changed. If the money still has to go back, ask again.
staff-refund-over-taken-back = { $who } took back this request at { $time }. It cannot be decided again, and nothing was changed. If the money still has to go back, ask again.
staff-refund-over-lapsed = Nobody decided this request in time, and it lapsed at { $time }. Nothing was changed. If the money still has to go back, ask again.
staff-refund-changed = Money or entries have changed since; nothing was done. Check them and ask again.
staff-refund-request-asked = Waits
staff-refund-request-approved = Approved
staff-refund-request-working = Approved, being carried out
staff-refund-request-over = Lapsed
staff-refund-request-refused = Refused
staff-refund-request-left = { $done } carried out; { $left } left because they had changed.
staff-refund-line-done = Done
staff-refund-line-left = Changed, left
staff-refund-entry = Subject
staff-refund-approve = Approve { $amount }
staff-refund-code-hint = You entered the last code more than 10 minutes ago. Enter a new one before you approve.
staff-refund-refuse = Refuse
staff-refund-note = Note
staff-refund-note-hint = Required; the requester and the auditor see it.
staff-refund-waits = It waits for another person of finance.
staff-refund-request-changed = Money or entries have changed since, so it can’t be approved. Take it back or refuse it, check them, and ask again.
staff-suspense = Unmatched payments
staff-suspense-about = A gateway reported this money, but it does not fit an order in this system. It was neither booked nor refunded then; where it was booked later, the time is given. A trade with several doubts has a row for each. Check each one with the gateway.
staff-suspense-none = No unmatched payments.
staff-suspense-open = To check
staff-suspense-trade-number = Trade number
staff-sum-unknown = not told
staff-suspense-received = Reported
staff-suspense-booked = This trade was booked
staff-suspense-sum = The amount differs from the order
staff-suspense-trade = The trade is booked for another order
staff-suspense-order = No such order
staff-suspense-gateway = The order belongs to another gateway
staff-suspense-merchant = Paid to another merchant
staff-suspense-application = Paid to another application
staff-suspense-currency = Not in yuan
staff-suspense-state = Unknown payment state
staff-suspense-refunded = Refunded at the gateway, not by this system
staff-suspense-settled = Settled
staff-suspense-settle = Settle
staff-suspense-settle-text = This only records what was found and what you did outside: nothing is booked, and nothing is sent to the gateway.
staff-suspense-settle-console = “It is ours” and “Sent back in the gateway’s console” book this refund for its order, where it can’t be refunded again; any other outcome books nothing. Nothing is sent to the gateway.
staff-suspense-amount = Sum of the refund
staff-suspense-amount-hint = The gateway told no sum. To book it, type what its console shows in yuan, as 30.00.
staff-suspense-no-sum = The gateway told no sum: type the one that its console shows.
staff-suspense-too-much = So much is not left of what this order paid: this system may have refunded it already. Look at the refunds of the order first, then choose another outcome.
staff-suspense-as = Outcome
staff-suspense-as-ours = It is ours and was booked outside
staff-suspense-as-refund = Sent back in the gateway’s console
staff-suspense-as-foreign = Not ours; the gateway was told
staff-suspense-as-explained = Explained; nothing to do
staff-suspense-note-hint = Say on what grounds; the auditor sees it.
staff-registration-doubts = The gateway told of money that does not fit these orders; finance is looking into it.
staff-exports = Files
staff-exports-about = Full document numbers need a reason. More than 5000 rows also need approval by a second person. Every download is recorded in the audit log, and the last row of the file names who downloaded it.
staff-exports-none = No files were requested. To request one, use the link at the top right of a list.
staff-export = File
staff-export-new = Request a file
staff-export-ask = Request a file
staff-export-list = List
staff-export-filters = Filters
staff-export-rows = Rows
staff-export-second = More than 5000 rows: another person with the same or a wider scope must approve.
staff-export-form = Format
staff-export-whole = Show full document numbers
staff-export-whole-yes = full
staff-export-whole-no = masked
staff-export-reason-hint = What it is for and who uses it. The reason is recorded, and the person who approves sees it.
staff-export-make = Create the file
staff-export-send = Send the request
staff-export-take = Download the file
staff-export-waits = Waiting for another person. Once approved, you can download it here.
staff-export-mark = The last row names your account and the time. Every download is recorded in the audit log.
staff-export-state-asked = Waiting for approval
staff-export-state-ready = Ready
staff-export-no-reason = Enter a reason, in at most 500 characters.
staff-export-too-many = More than 100000 rows. Narrow the search.
staff-export-same = You requested this file, so another person has to approve it.
staff-export-waits-still = This request still waits for another person’s approval. There is no file before that.
staff-export-over = This request was already decided, or it has expired.
staff-accounts = Staff accounts
staff-account-one = Staff account
staff-account-made = The account has been created
staff-account-made-text = Give the first password to the person directly or in another safe way: it is not shown again. At the first login the person sets up the authenticator and changes the password.
staff-account-made-again = This was done before. Nothing was done a second time: this is the same first password.
staff-account-exists = There is already an account { $name }. If you have just created it and did not see its first password, ask for a reset. Otherwise choose another name.
staff-account-exists-link = Ask for a reset of this account
staff-account-first-password = First password
staff-account-new = New account
staff-account-make = Create the account
staff-account-role = Role
staff-account-role-hint = Operators create national accounts on the command line.
staff-account-scope = Scope
staff-account-scope-hint = The code of a school or campus for a school account, two digits for a province, empty for the others.
staff-account-since = Since
staff-account-live = Enabled
staff-account-ended = Disabled
staff-account-person = Person
staff-account-person-hint = For example a staff number. Use the same one for two accounts of one person.
staff-account-name-hint = 3 to 40 lower-case letters, digits, dots, dashes or underscores.
staff-account-change = Change role and scope
staff-account-change-text = The change applies from the next request of this account.
staff-account-save = Save the change
staff-account-end = Disable the account
staff-account-end-confirm = I have checked the account: it cannot be enabled again
staff-account-end-text = The account is signed out at once and can no longer log in. You cannot undo this.
staff-account-name-wrong = The account needs 3 to 40 lower-case letters, digits, dots, dashes or underscores.
staff-account-role-wrong = Choose a role.
staff-account-scope-wrong = The scope does not match the role: 5 or 6 digits for a school, 2 for a province, empty for the others.
staff-account-email-wrong = This is not an email address. Check it and enter it again.
staff-account-place-unknown = There is no such place: no campus has a code that begins like this. Check the code of the province, school or campus.
staff-account-place-elsewhere = This place is not in your province. You make accounts for its schools and campuses only.
staff-account-find = Name, place code or staff number
staff-account-email = Email
staff-account-email-hint = The holder is told here when the account is reset.
staff-account-email-set = Change the email address
staff-account-logged-in = Last log-in
staff-account-never = Never
staff-mail-email-subject = The email address of your staff account was changed
staff-mail-email-moved = Messages about the staff account { $account } go to another address from now on.
staff-mail-email-set = Messages about the staff account { $account } come to this address from now on.
staff-mail-else = If this is not what you want, contact the office above yours at once.
staff-mail-reset-asked-subject = Somebody asked for a reset of your staff account
staff-mail-reset-asked = { $requester } asked for a reset of password and authenticator of the account { $account }. Another person has to approve it.
staff-mail-reset-subject = A staff account was reset
staff-mail-reset = Password and authenticator of the account { $account } were reset, asked by { $requester } and approved by { $approver }. The old password, authenticator, recovery codes and sessions no longer work.
staff-mail-reset-done = The account { $account } was reset, asked by { $requester } and approved by { $approver }.
staff-reset = Reset password and authenticator
staff-reset-request = Request for a reset
staff-reset-ask = Ask for a reset
staff-reset-text = For a lost phone or a forgotten password. You ask, another person of the same or a higher place approves within seven days.
staff-reset-reason-hint = Say how you made sure who it is, in at most 500 characters.
staff-reset-submit = Submit the request
staff-reset-effect = On approval, the old password, authenticator and recovery codes stop working at once and the account is logged out. The new first password is shown once, after the approval: give it to the holder. Who asked, who approves and the holder get an email.
staff-reset-approve = Approve
staff-reset-refuse = Refuse
staff-reset-take-back = Take the request back
staff-reset-made = The account has been reset
staff-reset-waiting = Resets waiting for approval
staff-reset-state-asked = Waiting for approval
staff-reset-state-done = Reset
staff-reset-state-refused = Not approved
staff-reset-state-over = Expired
staff-reset-no-reason = Enter the reason, in at most 500 characters.
staff-reset-own = You cannot reset your own account. Somebody else has to ask and to approve.
staff-reset-open = A request for this account is already waiting for approval.
staff-reset-same = You made this request, so another person has to approve it.
staff-reset-over = This request was already decided, or it has expired. You can ask again, also if you did not see the first password.
staff-reset-lost = Whoever asked may no longer ask for a reset of this account, so the request cannot be approved. Refuse it and ask again.
staff-bulk = Create many from a file
staff-bulk-text = Columns of the table: { $columns }. The role in words, as “School”, the scope as a code. At most { $n } rows a file.
staff-bulk-most = A file needs 1 to { $n } rows. Split it into several.
staff-bulk-nothing-yet = No account has been created yet.
staff-bulk-bad =
    { $n ->
        [one] { $n } row of which no account can be made
       *[other] { $n } rows of which no account can be made
    }
staff-bulk-good =
    { $n ->
        [one] { $n } account can be made
       *[other] { $n } accounts can be made
    }
staff-bulk-line = Line
staff-bulk-reason = Reason
staff-bulk-how = The first password of each account is shown once, after it was created. At the first login the holder sets up the authenticator and changes the password.
staff-bulk-make =
    { $n ->
        [one] Create { $n } account
       *[other] Create { $n } accounts
    }
staff-bulk-again = Another file
staff-bulk-made = The accounts have been created
staff-bulk-row = The row cannot be read: another number of columns, or a cell that cannot be opened.
staff-bulk-cell = The cell of “{ $column }” cannot be read. Make it a text.
staff-bulk-doubled = A row above has the same name.
staff-file = File
staff-file-hint = CSV or XLSX, at most 2 MB.
staff-file-look = Preview
staff-account-person-wrong = Enter the staff number of the person, or another identifier.
staff-account-taken = An account with this name already exists. Choose another name.
staff-account-own = You cannot change your own account or another account of yours. Ask another member of national staff.
staff-account-not-lower = You can manage lower roles only. Operators create and close national and auditor accounts on the command line.
staff-account-over = This account is already disabled.
staff-too-many-narrow = You cannot export more than 5000 rows. Narrow the search.
staff-export-until = Valid until
# Forms that were made for another account, or of other values.
staff-mark-member = The page you submitted was opened with another staff account. { $account } is signed in now. Nothing was done.
staff-mark-log-in = Not your account? Log in with your own
staff-mark-go-on = Continue as { $account }: see below
staff-seen-student = This student’s record was changed after you opened the page. Your change was not saved. The current record is shown above and what you typed is in the form: check both before you save again.
staff-seen-account = The role, scope or address of this account was changed after you opened the page. Your change was not saved. The current ones are shown above: check them before you submit the form again.
staff-rebind-no-passport = The school made this registration and no passport is bound to it yet. The candidate looks the record up and saves it; nothing needs to be moved
staff-registered-by-school = made by the school; the candidate has not saved it yet
staff-task-resets =
    { $n ->
        [one] { $n } account to be reset
       *[other] { $n } accounts to be reset
    }
staff-mail-password-subject = The password of your staff account was changed
staff-mail-password = The password of the staff account { $account } was changed at { $time }; all other log-ins have ended.
staff-mail-factor-subject = A new authenticator is in use for your staff account
staff-mail-factor = A new authenticator and new recovery codes are in use for the staff account { $account } since { $time }.
staff-mail-codes-subject = Wrong codes for a staff account
staff-mail-codes = Somebody entered the right password of the staff account { $account } and then several wrong codes, until { $time }. That log-in has ended. If it was not you, change the password at once.
staff-mail-codes-auditor = Somebody entered the right password of the staff account { $account } and then several wrong codes, until { $time }. That log-in has ended, and the account’s holder was told. The audit log has the lines.
staff-mail-refund-order = order { $number } ({ $subjects })
staff-mail-refund-exam = { $subject } at campus { $campus }
staff-mail-refund-subject = { $subject } at every campus
staff-mail-refund-campus = every subject at campus { $campus }
staff-mail-refund-sitting = sitting { $sitting }, every subject at every campus
staff-mail-refund-lapsed-subject = The refund you asked for has lapsed: { $what }, ¥{ $amount }
staff-mail-refund-lapsed = You asked for a refund at { $asked }: { $what }, ¥{ $amount }. No other person of finance decided within seven days, and the request lapsed at { $time }. No money went back, and the entries are unchanged.
staff-mail-refund-lapsed-next = If the money still has to go back, ask again under “Refunds” on the staff site, and have another person of finance decide within seven days.
staff-audit-line = Number
staff-mode = Type of test
staff-from-day = From
staff-to-day = To
staff-count = Show figures
staff-count-note = The dates apply to the figures by day and by hour and to the money by day, up to 92 days. All other figures are current. Who has saved a registration and the money by day are not split by type of test; subjects, their sums and the steps from entering on are.
staff-by-chosen-day = Saved, entered and paid on the days you chose
staff-range-label = { $from } to { $to }. Candidates who saved: { $saved }, subjects entered: { $entered }, subjects paid: { $paid }. The table below has the figures for each day.
staff-fill = When places will run out
staff-fill-how = An estimate from the last 2 hours, not a guarantee. The 50 fullest come first
staff-pool = Campus and subject
staff-pool-pace = New each hour
staff-pool-when = Expected to be full
staff-pool-can = What you can do
staff-pool-full = Full
staff-pool-soon = Nearly full
staff-pool-fills = Will fill up
staff-pool-free = Places left
staff-pool-never = Not before registration closes
staff-pool-waiting = { $n } waiting
staff-pool-up-to = can be raised to the limit of { $n }
staff-pool-at-limit = at the limit
staff-pool-no-limit = capacity can be raised
staff-list-and = { "; " }
staff-funnel-agreed = Logged in and accepted the agreement
staff-funnel-unsaved =
    { $count ->
        [one] { $count } has not saved a registration
       *[other] { $count } have not saved a registration
    }
staff-between = { $sitting } is over, and the next sitting is not published yet
staff-between-shown = Lists, figures, orders and arrangements are those of this sitting until the next one is published.
staff-between-none = No sitting is published now
staff-between-empty = Lists, figures, orders and arrangements appear here once a sitting is published.
staff-between-wait = { " " }A national account creates and publishes the next sitting.
staff-between-draft = { $sitting } is being prepared: see what is missing
staff-between-new = Create the next sitting
staff-no-sitting = This waits for the next sitting
staff-no-sitting-text = This can only be done in the sitting that is going on, and there is none now.
staff-list-beyond = There is nothing behind this place of the list: this is the first page.
staff-no-sitting-nothing-done = No sitting is going on now, so what you sent was not done
staff-no-sitting-no-file = There is no sitting yet, so there is nothing to put into this file
