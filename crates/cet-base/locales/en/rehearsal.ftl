# Rehearsal pages: there only while the system is rehearsed.

# ---- titles ----
rehearsal-title = Rehearsal
rehearsal-mailbox-title = Mailbox
rehearsal-clock-title = Clock
rehearsal-clock-advance-title = Advance, or set to a time
rehearsal-gateway-title = Sandbox gateways

rehearsal-lead = Only available in a rehearsal: read the mail, advance the clock, make the sandbox gateways misbehave.
rehearsal-back = Back to rehearsal
rehearsal-mailbox = Mailbox
rehearsal-mailbox-hint = Every mail that the system sent, newest first
rehearsal-clock = Clock
rehearsal-clock-hint = Advance the system time; it cannot go back
rehearsal-gateway = Sandbox gateways
rehearsal-gateway-hint = What happens to the next payments
rehearsal-portal = Home page of the site
rehearsal-portal-hint = What candidates see

rehearsal-mailbox-lead = A rehearsal does not deliver mail. Every mail that the system sent is here, newest first.
rehearsal-mailbox-empty-title = No mail yet
rehearsal-mailbox-empty = The first mail that the system sends will appear here.
rehearsal-mailbox-reload = Refresh
rehearsal-mailbox-json = As JSON
rehearsal-mail-to = To
rehearsal-mail-at = Sent at

rehearsal-clock-lead = All nodes, jobs and sandbox gateways use this time.
rehearsal-clock-now = System time
rehearsal-clock-shift = Ahead of real time by
rehearsal-clock-advance = Seconds
rehearsal-clock-advance-hint = 1 hour is 3600, 24 hours are 86400.
rehearsal-clock-advance-go = Advance the clock
rehearsal-clock-set = Time
rehearsal-clock-set-hint = For example 2017-12-16 09:00 (Beijing time), or 2017-12-16T09:00:00+08:00 with an offset. It cannot go back.

rehearsal-gateway-lead = The settings apply to the next payments, until you change them again.
rehearsal-gateway-saved = Saved. The settings apply to the next payments.
rehearsal-gateway-outcome = Outcome
rehearsal-gateway-outcome-hint = “Ask” lets the payer choose on the gateway's page.
rehearsal-gateway-outcome-ask = Ask
rehearsal-gateway-outcome-pay = Pay
rehearsal-gateway-outcome-decline = Decline
rehearsal-gateway-notices = Notifications
rehearsal-gateway-delay = Delay of notifications (seconds)
rehearsal-gateway-delay-hint = 0 notifies at once. Measured by the system clock.
rehearsal-gateway-drop = Drop notifications
rehearsal-gateway-drop-hint = notifications get lost; only a query shows the result
rehearsal-gateway-duplicates = Duplicate notifications
rehearsal-gateway-duplicates-hint = How many additional times each notification is sent.
rehearsal-gateway-reorder = Reorder notifications
rehearsal-gateway-reorder-hint = the last paid is notified first
rehearsal-gateway-falsify = Falsify notifications
rehearsal-gateway-falsify-hint = One part is changed; the system must reject it.
rehearsal-gateway-falsify-none = Do not falsify
rehearsal-gateway-falsify-signature = Signature
rehearsal-gateway-falsify-amount = Amount
rehearsal-gateway-falsify-merchant = Merchant
rehearsal-gateway-falsify-order = Order number
rehearsal-gateway-trouble = API problems
rehearsal-gateway-trouble-hint = What happens when the system queries, closes or refunds.
rehearsal-gateway-trouble-none = None
rehearsal-gateway-trouble-slow = Slow
rehearsal-gateway-go = Save
rehearsal-clock-refused = Enter a number of seconds, 0 or more, or a time that is not in the past. The clock only moves forward.
rehearsal-gateway-trouble-answer-lost = Processed, but the answer is lost
rehearsal-gateway-late = Allow late payments
rehearsal-gateway-late-hint = A closed or expired order can still be paid; the system must assign a seat again or refund
rehearsal-gateway-falsify-state = Payment state
rehearsal-gateway-falsify-currency = Currency
rehearsal-gateway-trouble-unreachable = Unreachable, not processed
rehearsal-gateway-trouble-error = Answers with a system error, not processed
rehearsal-gateway-trouble-garbled = Processed, but the answer is cut off
