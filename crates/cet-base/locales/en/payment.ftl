# Texts of the pages that confirm a payment and show an order.

# ---- titles ----
payment-title = Confirm payment
payment-order-title = Confirm the payment again
payment-order-over-title = Payment order

payment-lead = Check your subjects and the sum, then choose how to pay.
payment-entries = Subjects
payment-entries-hint = Only ticked subjects are paid. An oral test is paid together with the written test of its level, or after it.
payment-total = Total
payment-method = How to pay
payment-alipay = Alipay
payment-alipay-hint = Leads to the Alipay site, you can pay by scanning a code
payment-payease = PayEase
payment-payease-hint = Choose your bank, leads to the bank's page
payment-bank = Bank
payment-bank-hint = Needed for PayEase.
payment-go = Go and pay
payment-cancel = Back
payment-due-before = Pay by
payment-due-after = or the subjects are removed.
payment-nothing-title = Nothing to pay
payment-nothing = All subjects are paid, or none is entered. See their state or enter more on the registration information page.
payment-to-information = Go to registration information
payment-locked = locked: your school pays for it
payment-oral-needs-written = pay together with the written test of its level
payment-open-title = A payment is not finished
payment-open = The same choice leads back to it; for another way of paying the system closes it first. If you have paid, press “Update” on the registration information page; do not pay twice.
payment-open-go-on = Go on paying
payment-help-after-title = After paying
payment-help-after = Come back to this site and press “Update” on the registration information page. What counts is that the payment state says “Paid”.
payment-help-twice-title = Charged, but still unpaid here?
payment-help-twice = Do not pay twice, press “Update”. The system asks the payment platform by itself; if nothing changes within 2 hours, call customer service and give the order number.
payment-help = Help with payment

payment-order-lead = You are then taken to the payment platform.
payment-order-confirm = You pay with { $method }. The sum is { $amount } yuan (CNY).
payment-order-number = Order number
payment-order-created = Ordered at
payment-order-state = State
payment-order-due-before = Pay by
payment-order-due-after = .
payment-order-leave = Confirm and pay
payment-order-once = Do not pay twice, press “Update”
payment-order-once-text = After paying, return to the registration information page and press “Update” to see the result. If nothing has changed, wait a few minutes and press it again; do not pay a second time.
payment-order-change = Pay another way
payment-order-open = Waiting for payment
payment-order-paid = Paid
payment-order-paid-title = This payment is complete
payment-order-paid-text = There is nothing left to pay. See the registration information page for the state of your subjects.
payment-order-closed = Closed
payment-order-closed-title = This order is closed
payment-order-closed-text = It can no longer be paid. If your subjects are still there, pay again; if you have already paid, the money is returned the way it came.
payment-order-refunding = Being refunded
payment-order-refunding-title = This money is being refunded
payment-order-refunding-text = The subjects were gone when it arrived. It is returned the way it came; you need not do anything.
payment-order-asking = Asking the gateway
payment-order-refunded = Refunded
payment-order-refunded-title = This money has been returned
payment-order-refunded-text = It was returned the way it came. Your bank decides when it shows.
payment-order-pay-again = Pay again
payment-order-waiting-title = This payment is being processed
payment-order-waiting-text = It cannot be paid from here now. Press “Update” on the registration information page to see the result; do not pay twice.
payment-go-on = Go on with the open payment
payment-subject = registration fee

# ---- payments made before ----
payment-past-title = Payments
payment-past-unbound = If you have paid, press “Update” to see the result; do not pay twice. Money that can no longer pay for a subject is returned the way it came.
payment-back-due = Being returned
payment-back-done = Returned
payment-back-why-surplus = These subjects had been paid before: this was a second payment
payment-back-why-replaced = The order had been replaced by a newer one
payment-back-why-locked = The school pays for these subjects
payment-back-why-cancelled = These subjects had been cancelled
payment-back-why-no-seat = When the money arrived the subjects were gone and had no seat left
payment-back-why-needs-written = An oral test needs a paid written test of its level

# ---- My payments ----
payment-history-title = My payments
payment-history-lead = Every order and every refund, whether or not its subjects are still there.
payment-history-all = All payments and receipts
payment-history-none-title = No payments yet
payment-history-none = Once you have entered and paid for a subject, each payment and refund is listed here.
payment-history-sum = Sum
payment-history-paid-at = Paid at
payment-history-back = Refund
payment-history-receipt = Download the receipt (PDF)
payment-history-older = Earlier payments
payment-history-newest = Newest payments
payment-history-account = Back to your account

# ---- Receipt ----
payment-receipt-title = Payment receipt
payment-receipt-sitting = Sitting
payment-receipt-name = Name
payment-receipt-school = School
payment-receipt-document = Document
payment-receipt-payer = Candidate
payment-receipt-released = This registration was released, and the candidate's data was deleted
payment-receipt-subject = Subject
payment-receipt-campus = Campus
payment-receipt-fee = Sum (yuan)
payment-receipt-money = Money received
payment-receipt-trade = Trade number of the gateway
payment-receipt-at = Time
payment-receipt-back-total = Refunds in all
payment-receipt-kept = After refunds
payment-receipt-no-invoice = This receipt is not a tax invoice and does not stand in for one.
payment-receipt-printed = Printed { $time }

# ---- mails ----
payment-mail-refund-subject = Examination fee: money is being returned
payment-mail-refund = The money for order { $number } has arrived; { $amount } yuan of it are returned the way they came.
payment-mail-why-surplus = Why: these subjects had been paid before, so this was a second payment.
payment-mail-why-replaced = Why: the order had been closed and replaced by a newer one.
payment-mail-why-locked = Why: the school pays for these subjects.
payment-mail-why-cancelled = Why: these subjects had been cancelled.
payment-mail-why-no-seat = Why: when the money arrived the subjects had been removed and could not be given a seat again. If you still want to sit the exam, enter again.
payment-mail-why-needs-written = Why: an oral test needs a paid written test of its level.
payment-mail-refund-way = You need not do anything. Your bank decides when it shows.
payment-mail-information = Registration information
