# Pages for what went wrong outside a form.
error-now = What you can do
error-number = Number
error-time = Time
error-support = If this does not help, call { $telephone } and give the number below.
error-way-again = Try again
error-way-registration = See your registration
error-way-form = Open the form again
error-way-home = Back to your home page
error-way-portal = Go to the front page
error-way-login = Log in
error-not-found = This page does not exist
error-not-found-text = The address may be mistyped, or the page is no longer there or does not belong to your account. Nothing was done. Check the address or use one of the links below.
error-cross-site = This request was not carried out
error-cross-site-text = It came from another site and was stopped to protect your account. Start again from a page of this site.
error-too-many = Too many attempts
error-too-many-staff = Please wait
error-too-many-text = To protect accounts, you have to wait. Try again in { $wait }. What you saved is safe.
error-too-many-staff-text = You have to wait: either too many attempts were made, or this account is still being sent another file. Try again in { $wait }. What you saved is safe.
error-too-busy = The service is very busy
error-too-busy-text = This was not your fault. Try again in { $wait }. Subjects you entered or paid for are safe.
error-too-busy-staff-text = This was not your fault. Nothing was done. Try again in { $wait }.
error-bad-request = We could not read this request
error-bad-request-text = Your browser sent incomplete data, so nothing was done. Go back and fill in the page again.
error-method = This address cannot be opened this way
error-method-text = Nothing was done. Use the buttons and links on the pages.
error-too-large = You sent too much data
error-too-large-text = Nothing was done. Send less and try again.
error-too-large-staff-text = Nothing was done. Of a table or an archive, send a smaller part at a time; of a form, tick or paste less at a time.
error-media = This format is not accepted
error-media-text = Nothing was done. Use the forms on this site's pages.
error-host = This host name does not belong to this site
error-host-text = Check the address bar and use the official address.
error-outage = The service is not available
error-outage-text = This was not your fault. Your last step could not begin, so nothing was saved. Try again in { $wait }. Subjects you entered or paid for are safe.
error-outage-staff-text = This was not your fault. Your last step could not begin, so nothing was saved. Try again in { $wait }.
error-unknown = We do not know whether your last step was saved
error-unknown-text = This was not your fault: the confirmation was lost. See your registration. If your step is there, it was saved. If not, do it again. Doing it twice does not enter or charge you twice.
error-unknown-staff-text = The confirmation of your last step was lost. Look at the list it belongs to. If your step is there, it was saved. If not, do it again. Doing it twice has no second effect.
error-way-repeat = Go back to the page and do it again
error-fault = Something went wrong
error-fault-text = This was not your fault. Your last step may be incomplete. See your registration first, then do what is missing again in a minute or two. Subjects you entered or paid for are safe.
error-fault-staff-text = This was not your fault. Your last step may be incomplete. Look at the list it belongs to first, then do what is missing again in a minute or two. If it comes again, give the number below to whoever runs the site.
error-wait-seconds =
    { $n ->
        [one] { $n } second
       *[other] { $n } seconds
    }
error-wait-minutes =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
error-way-staff = Back to the staff overview
error-no-sitting = No test is open for registration now
error-no-sitting-about = There is no sitting to register for at the moment.
error-no-sitting-past = { $sitting } is over, and the next registration dates have not been announced. The front page will announce them. Your past registration, payments and messages are still here.
error-no-sitting-text = The registration dates have not been announced. The front page will announce them.
error-no-sitting-nothing-done = What you sent was not done. Tests that you entered or paid for are not affected.
error-stale = This page no longer belongs to the account that is signed in
error-stale-text = Nothing was done. Use one of the links below, and check what the page shows before you fill it in.
