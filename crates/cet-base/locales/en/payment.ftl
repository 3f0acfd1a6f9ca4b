# Texts of the pages that confirm a payment and show an order.

# ---- titles ----
payment-about = Confirm the tests to pay for and the sum, and choose Alipay or PayEase.
payment-title = Confirm payment
payment-order-title = Confirm the payment again
payment-order-over-title = Payment order

payment-lead = Check your subjects and the sum, then choose how to pay.
payment-entries = Subjects
payment-entries-hint = You pay for ticked subjects only. Pay for an oral test together with the written test of its level, or after it.
payment-total = Total
payment-method = How to pay
payment-alipay = Alipay
payment-alipay-hint = Opens the Alipay site, where you can pay by scanning a code
payment-payease = PayEase
payment-payease-hint = Choose your bank to open the bank's page
payment-bank = Bank
payment-bank-hint = Needed for PayEase.
payment-go = Continue to payment
payment-cancel = Back
payment-due-before = Pay by
payment-due-after = or the subjects are removed.
payment-nothing-title = Nothing to pay
payment-nothing = All subjects are paid, or you have not entered any. See their state or enter more on the registration information page.
payment-to-information = Go to registration information
payment-locked = locked: your school pays for it
payment-oral-needs-written = pay together with the written test of its level
payment-open-title = A payment is not finished
payment-open = Choose the same method to return to it. If you choose another method, the system closes it first. If you have paid, select “Update” on the registration information page. Do not pay twice.
payment-open-go-on = Continue payment
payment-help-after-title = After paying
payment-help-after = Come back to this site and select “Update” on the registration information page. You have paid when the payment state is “Paid”.
payment-help-twice-title = You were charged, but it still says unpaid?
payment-help-twice = Do not pay twice. Select “Update”. The system keeps asking the payment gateway. If nothing changes within 2 hours, call customer service and give the order number.
payment-help = Help with payment

payment-order-lead = Next, you go to the payment gateway.
payment-order-confirm = You pay { $amount } yuan (CNY) with { $method }.
payment-order-number = Order number
payment-order-created = Ordered at
payment-order-state = State
payment-order-due-before = Pay by
payment-order-due-after = .
payment-order-leave = Confirm and pay
payment-order-once = Do not pay twice, select “Update”
payment-order-once-text = After paying, return to the registration information page and select “Update” to see the result. If nothing has changed, wait a few minutes and select it again. Do not pay a second time.
payment-order-change = Pay another way
payment-order-open = Waiting for payment
payment-order-paid = Paid
payment-order-paid-title = This payment is complete
payment-order-paid-text = You do not need to pay anything else. See the registration information page for the state of your subjects.
payment-order-closed = Closed
payment-order-closed-title = This order is closed
payment-order-closed-over-text = Nothing was paid with it. If you pay it later, the money is refunded the way it was paid.
payment-order-closed-text = You can no longer pay it. If your subjects are still there, pay again. If you have already paid, we return the money to the account you paid from.
payment-order-refunding = Being refunded
payment-order-refunding-title = This payment is being refunded
payment-order-refunding-text = When the money arrived, the subjects had been removed. We are returning it to the account you paid from. You do not need to do anything.
payment-order-asking = Asking the gateway
payment-order-refunded = Refunded
payment-order-refunded-title = This payment has been refunded
payment-order-refunded-text = We returned the money to the account you paid from. Your bank decides when it shows.
payment-order-pay-again = Pay again
payment-order-waiting-title = This payment is being processed
payment-order-waiting-text = You cannot pay it from here now. Select “Update” on the registration information page to see the result. Do not pay twice.
payment-go-on = Continue the open payment
payment-subject = registration fee

# ---- payments made before ----
payment-past-title = Payments
payment-past-unbound = If you have paid, select “Update” to see the result. Do not pay twice. Money that can no longer pay for a subject is returned to the account you paid from.
payment-back-due = Being returned
payment-back-done = Returned
payment-back-why-surplus = These subjects had been paid before: this was a second payment
payment-back-why-replaced = The order had been closed before it was paid
payment-back-why-locked = The school pays for these subjects
payment-back-why-cancelled = These subjects had been cancelled
payment-back-why-no-seat = When the money arrived the subjects were gone and had no seat left
payment-back-why-needs-written = An oral test needs a paid written test of its level
payment-back-why-exam-cancelled = The exam does not take place
payment-back-why-mistaken = It should not have been taken
payment-back-why-instructed = Instructed by the authority

# ---- My payments ----
payment-history-title = My payments
payment-history-lead = Every order and every refund, whether or not its subjects are still there.
payment-history-all = All payments and receipts
payment-history-none-title = No payments yet
payment-history-none = Once you have entered and paid for a subject, each payment and refund is listed here.
payment-history-sum = Sum
payment-history-method = Payment method
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
payment-mail-refund-subject = Examination fee: your payment is being refunded
payment-mail-refund = We received the payment for order { $number }. We are returning { $amount } yuan of it to the account you paid from.
payment-mail-why-surplus = Reason: you had already paid for these subjects.
payment-mail-why-replaced = Reason: the order had been closed before it was paid.
payment-mail-why-locked = Reason: your school pays for these subjects.
payment-mail-why-cancelled = Reason: these subjects had been cancelled.
payment-mail-why-no-seat = Reason: when the money arrived, the subjects had been removed and no seat was left. To sit the exam, enter again.
payment-mail-why-needs-written = Reason: an oral test needs a paid written test of its level.
payment-mail-why-exam-cancelled = Reason: the exam does not take place.
payment-mail-why-mistaken = Reason: the payment should not have been taken.
payment-mail-why-instructed = Reason: the authority instructed the refund.
payment-mail-refund-way = You do not need to do anything. Your bank decides when the money shows.
payment-mail-information = Registration information
