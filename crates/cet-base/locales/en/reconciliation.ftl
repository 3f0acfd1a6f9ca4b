# Reconciliation of the gateways' daily bills, for finance staff.
reconciliation-title = Reconciliation
reconciliation-day-title = Reconciliation: { $day } { $gateway }
reconciliation-each-day = Each day of each gateway
reconciliation-day-and-gateway = Day and gateway
reconciliation-day = Day
reconciliation-differences = Differences
reconciliation-ours = Ours (yuan)
reconciliation-our-count = Our count
reconciliation-theirs = Bill (yuan)
reconciliation-their-count = Bill's count
reconciliation-signed-by = Signed by
reconciliation-waiting = waits for its bill
reconciliation-unresolved = unresolved
reconciliation-quiet = no money moved
reconciliation-to-sign = to be signed
reconciliation-signed = signed
reconciliation-unresolved-differences = Unresolved differences
reconciliation-days =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
reconciliation-count =
    { $n ->
        [one] { $n } item
       *[other] { $n } items
    }
reconciliation-received = Received on compared days
reconciliation-refunded = Refunded on compared days
reconciliation-none = No day to reconcile yet: from the day after the first payment there is a row for each day of each gateway.
reconciliation-about = Each morning the bills of the day before are fetched from the gateways; where that fails they can be uploaded. A bill is only compared; nothing is booked from it.
reconciliation-upload = Upload a bill
reconciliation-upload-about = The same file again changes nothing; a corrected one is compared again and keeps the notes.
reconciliation-file = Bill
reconciliation-file-hint = Alipay: the zip of the detailed bill or its CSV. PayEase: the daily list. WeChat Pay: the trade bill, packed or not.
reconciliation-send = Upload
reconciliation-class = Kind
reconciliation-class-ours-only = ours, not in the bill
reconciliation-class-theirs-only = in the bill, not ours
reconciliation-class-sum = sums differ
reconciliation-class-twice = paid twice
reconciliation-class-unknown-order = unknown order
reconciliation-class-refund-missing = refund not in the bill
reconciliation-class-refund-extra = refund we do not have
reconciliation-class-entries = money and entries disagree
reconciliation-open = unresolved
reconciliation-next-day = waits for the next day's bill
reconciliation-follow = followed up
reconciliation-booked = booked
reconciliation-explained = explained
reconciliation-reference = Number of the trade or refund
reconciliation-done-at = Done at
reconciliation-note = Note
reconciliation-act = Action
reconciliation-book = Ask and book
reconciliation-write = Write a note
reconciliation-write-title = Write a note on a difference
reconciliation-is-resolved = Does this resolve it?
reconciliation-as-follow = No, it is followed up
reconciliation-as-explained = Yes, no money has to move
reconciliation-keep = Keep the note
reconciliation-no-differences = No differences.
reconciliation-apart = Apart
reconciliation-of-differences =
    { $n ->
        [one] { $n } difference
       *[other] { $n } differences
    }
reconciliation-across =
    { $n ->
        [one] { $n } difference, { $sum } across days
       *[other] { $n } differences, { $sum } across days
    }
reconciliation-across-about = Money across days is in one book on this day and in the other on another day, and agrees once both days are compared. What the other day lists as a difference is settled there; nobody has to do anything on this day.
reconciliation-matched = Matching
reconciliation-owner = {" "}({ $who })
reconciliation-late =
    { $n ->
        [one] { $n } more was booked on another day
       *[other] { $n } more were booked on another day
    }
reconciliation-sign-title = Signature
reconciliation-sign-about = When each difference is resolved, somebody signs who has not handled one. A signed day is not changed any more; what is found later belongs to the day it is found on.
reconciliation-handlers = Handled by
reconciliation-signer = Signed by
reconciliation-nobody = nobody yet
reconciliation-download = Download
reconciliation-sign = Sign
reconciliation-at-work = The bill is being compared; this page loads again by itself, and leaving it does no harm.
reconciliation-asked =
    { $n ->
        [one] The gateway was asked once and gave no bill yet. It can be uploaded.
       *[other] The gateway was asked { $n } times and gave no bill yet. It can be uploaded.
    }
reconciliation-no-bill = There is no bill yet. It is fetched each morning, and can be uploaded.
reconciliation-came = Bill { $name }, received at { $time } ({ $account }), compared
reconciliation-absent = The gateway answered at { $time } that it has no bill of this day: it had no trades, and the day was compared as one without
reconciliation-job = fetched
reconciliation-line = Line { $line }: { $why }
reconciliation-refused-day = Give a day that is over, as 2017-10-12.
reconciliation-refused-early = This day lies before the first order, so that no bill of it is ours. Check the date.
reconciliation-refused-file = Choose the file of a bill.
reconciliation-refused-empty = The file is empty. Download it again and upload it.
reconciliation-refused-not-compared = It cannot be signed yet: the bill of the day has not been compared.
reconciliation-refused-open = It cannot be signed yet: { $open } unresolved, { $next } wait for the next day's bill.
reconciliation-refused-handled = You have handled a difference of this day; another finance person has to sign it.
reconciliation-refused-as = Choose what to do about the difference; this kind cannot be booked.
reconciliation-refused-note = Write a note.
reconciliation-refused-note-long = A note has at most { $n } characters.
reconciliation-refused-resolved = This difference is resolved already; load the page again.
reconciliation-resolved-by = { $who } settled this difference at { $time }: { $as }. It cannot be settled again, and nothing was changed. If more has to be said, speak to { $who }.
reconciliation-task-open =
    { $n ->
        [one] { $n } difference of a bill is unresolved
       *[other] { $n } differences of bills are unresolved
    }
reconciliation-task-sign =
    { $n ->
        [one] { $n } day of bills is to be signed
       *[other] { $n } days of bills are to be signed
    }
reconciliation-task-waiting =
    { $n ->
        [one] { $n } day waits for its bill
       *[other] { $n } days wait for their bills
    }
