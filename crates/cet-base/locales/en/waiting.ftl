# The waiting room (R17).

waiting-before-title = You are registered for the draw
waiting-before = Registration opens at { $at }. Everybody who comes before then is drawn into an order at { $at }; who comes later stands behind them.
waiting-before-closing = You can close this page: come back on this device after { $at } and your place is the same.
waiting-before-once = There is no need to reload or to open more windows: each account has one number, however often you come.
waiting-until = Until the draw
waiting-came = People registered
waiting-number = Your number
waiting-line-title = You are in the queue
waiting-line = Many people are here now and are let in by order. This page goes on by itself when it is your turn.
waiting-ahead = People before you
waiting-wait = Expected wait
waiting-counting = Being counted, shown at the next update
waiting-soon = Less than a minute
waiting-about =
    { $n ->
        [one] About { $n } minute
       *[other] About { $n } minutes
    }
waiting-minutes = { $n } min
waiting-long = More than 3 hours, or not known yet
waiting-safe-place = Your place is safe: close this page or lose the network, and come back on this device.
waiting-safe-entries = What you saved, entered or paid for has nothing to do with the queue. Paying and your registration need no queue.
waiting-admitted-title = It is your turn
waiting-admitted = You are taken on in a moment. You have 15 minutes, and may still send a form you have begun.
waiting-go = Go on now
waiting-again = Update now
waiting-leave = Stop waiting
waiting-at-again = { $at }, again in { $n } s
waiting-at = Updated at
waiting-good-to-know = Good to know
waiting-full = Every campus is full at present. Seats come free when somebody cancels or lets a subject expire, so you can go on waiting.
waiting-cookies = Your place in the queue is kept in a cookie, so you have none yet. Allow cookies for this site in the settings of your browser, then select “Update now”.
waiting-refused-title = Join the queue first
waiting-refused-text = Many people are here now, and this step has a queue. What you just sent was not saved; what you saved or paid for before is safe.
waiting-refused-way = Go to the queue, and back to this page when it is your turn

# ---- Checking the draw ----
waiting-draw-title = Checking the draw
waiting-draw-about = How the order at the opening is drawn, and how to check it.
waiting-draw-how = A random number orders those who log in and wait before registration opens. It was made when the sitting was published, and its fingerprint (SHA-256) stands here from then on; the number itself is published when registration opens. So anybody can check that it was not exchanged, and that nobody made the order afterwards.
waiting-draw-opens = Registration opens
waiting-draw-fingerprint = Fingerprint (SHA-256)
waiting-draw-secret = Random number
waiting-draw-later = Published when registration opens
waiting-draw-check = To check: turn the number's hexadecimal digits into 32 bytes; their SHA-256 is the fingerprint above. With these bytes as the key, compute HMAC-SHA256 of the number on the waiting page (such as p12): whose first 8 bytes are smaller goes first.
waiting-draw-link = Checking the draw of the queue

# ---- Staff: live ----
waiting-live-title = Live
waiting-live-again = This page updates every 10 seconds. Read at
waiting-live-on = People queue and are let in by order.
waiting-live-off = Nobody queues.
waiting-live-full = Every campus is full.
waiting-live-lines = Queues
waiting-live-line = Step
waiting-live-desk = Look-up, saving, entering
waiting-live-door = Log-in, registering
waiting-live-people = Waiting
waiting-live-rate = Let in each second
waiting-live-admitted = Let in so far
waiting-live-frontier = Let in up to (arrival)
waiting-live-drawn = those drawn
waiting-live-since = Since
waiting-live-targets = Targets: 99 of 100 use cases begin within { $store } s, 99 of 100 passwords within { $passwords } s. While both are met a little more are let in each second; when one is missed, seven tenths.
waiting-live-nodes = Nodes
waiting-live-no-nodes = Nodes report only while people queue.
waiting-live-node = Node
waiting-live-state = State
waiting-live-quiet = quiet
waiting-live-loaded = people wait, or it is busy
waiting-live-arrivals = Came in the last second
waiting-live-seen = Last seen
waiting-live-pools = Fullest campuses

# ---- Rehearsal ----
waiting-rehearsal-title = Queue
waiting-rehearsal-lead = Turn the queue on or off at once, and set how many are let in each second.
waiting-rehearsal-mode = Queue
waiting-rehearsal-auto = by itself
waiting-rehearsal-on = on
waiting-rehearsal-off = off
waiting-rehearsal-rate = Let in each second (empty: measured)
waiting-rehearsal-save = Save
waiting-rehearsal-refused = Choose by itself, on or off; let in 1 to 100000 each second, or leave it empty
