# The waiting list (R16)
standby-title = Waiting list
standby-about = Wait for a seat of a full subject: see your place and your chance, join or leave.
standby-lead = When a subject is full you can join the waiting list. Seats that come free go to the people on it, first come, first served.

# ---- my places ----
standby-mine = What you are waiting for
standby-waiting = Waiting
standby-campus = Campus
standby-place = Your place
standby-place-of = { $place } of { $total }
standby-chance = Your chance
standby-chance-good = Good
standby-chance-even = Even
standby-chance-small = Small
standby-chance-unknown = Cannot be estimated
standby-chance-why =
    { $n ->
        [one] { $n } seat came free here since { $time }
       *[other] { $n } seats came free here since { $time }
    }
standby-chance-why-unknown = Registration has been open for less than a day, so nobody knows yet how many seats will come free
standby-until = You wait until
standby-since = Joined
standby-fee = Fee
standby-fee-later = to be paid when you get a seat, { $fee }
standby-turn = When it is your turn
standby-turn-text = The seat is registered in your name and we will email you. The same text is kept under “Messages”. Pay within 24 hours. Shortly before registration closes the time is shorter: the email says until when. If you do not pay, the seat goes to the next person. From 23:00 to 7:00 Beijing time we usually hand out no seats.
standby-leave = Leave the waiting list

# ---- joining ----
standby-join-title = Join the waiting list
standby-now = Waiting now
standby-people =
    { $n ->
        [one] { $n } person
       *[other] { $n } people
    }
standby-free = There are seats left here: enter the subject instead of waiting.
standby-campuses = Campuses to wait at
standby-campuses-hint = Choose up to three, the one that you want most first. You get the first seat that comes free at any of them, and stop waiting at the others. If several come free at once, your order decides.
standby-campus-1 = First choice
standby-campus-2 = Second choice
standby-campus-3 = Third choice
standby-none = No campus
standby-choose-hint = Choose a subject first. You only need to wait for subjects that are full.
standby-rules = Waiting costs nothing and takes no seat, and you can enter other subjects. You stop waiting when you enter another written subject of the level, or this subject elsewhere. All waiting ends 30 minutes before registration closes.
standby-over = The waiting list closed with it. You cannot join it any more.
standby-see-seats = See campuses with seats
standby-refused-at = { $campus }: { $text }
standby-joined = You are on the waiting list
standby-joined-text = We will email you when it is your turn.

# ---- leaving ----
standby-leaving-title = Leave the waiting list
standby-leaving-about = Leave the waiting list for a subject.
standby-leaving-gone = You cannot get your place back
standby-leaving-gone-text = If you join again you start at the end.
standby-stay = Keep waiting
standby-left = You left the waiting list
standby-left-text = Your place went to the people behind you.
