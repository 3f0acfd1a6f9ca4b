upload-photo-packed = a packed file in the ZIP file: unpack it first
upload-photo-foreign = expected a JPEG or PNG picture, found another kind: save it as JPEG
upload-photo-no-photo = no photo
upload-photo-unknown-home = no school or campus { $code } is known
upload-photo-no-home = no folder names its school, by code or name: pack it as SCHOOL/STUDENT-NUMBER.jpg, or give --school
upload-photo-elsewhere = belongs to a place that is not yours
upload-photo-no-roster = school { $school } has no roster in this sitting
upload-photo-nobody = nobody in the roster of school { $school } has this student or document number
upload-photo-several-files = { $count } files of the ZIP file are photos of this student
upload-photo-shared = { $count } students of the school have this student number: name their photos by document number
upload-photo-several = names several students
upload-photo-other-name = the roster has another name for this student
upload-photo-odd = { $width } x { $height } pixels: expected an upright photo, as 3 x 4
upload-photo-empty = the file is empty
upload-photo-too-large = expected at most 20 MiB
upload-photo-kind = expected a JPEG or PNG picture, found { $kind }
upload-photo-cut-off = the picture is cut off: its end is missing
upload-photo-broken = the picture is damaged and cannot be shown
upload-photo-too-small = expected at least { $least } pixels on each side, found { $width } x { $height }
upload-photo-too-many = expected at most { $most } pixels on each side and { $all } in all: scale it down
upload-photo-is-bmp = a BMP picture: save it as JPEG
upload-photo-is-gif = a GIF picture: save it as JPEG
upload-photo-is-webp = a WebP picture: save it as JPEG
upload-photo-is-tiff = a TIFF picture: save it as JPEG
upload-photo-is-avif = an AVIF picture: save it as JPEG
upload-photo-is-heic = a HEIC picture, as iPhones take them: save it as JPEG
upload-photo-is-jp2 = a JPEG 2000 picture: save it as JPEG
upload-photo-is-zip = a ZIP file
upload-photo-is-pdf = a PDF document
upload-photo-is-psd = a Photoshop file: save it as JPEG
upload-photo-is-other = something else
upload-photo-zip-empty = the file is empty
upload-photo-zip-rar = this is a RAR file: pack the photos as ZIP, without a password
upload-photo-zip-7z = this is a 7z file: pack the photos as ZIP, without a password
upload-photo-zip-other = this is packed by another program than ZIP: pack the photos as ZIP
upload-photo-zip-picture = this is one picture: pack the photos as ZIP, in a folder named by the school's code
upload-photo-zip-damaged = the ZIP file is cut off or damaged: copy it again, or pack it again
upload-photo-zip-none = this is no ZIP file: pack the photos as ZIP
upload-photo-zip-same = several files in it have the same folder and name: pack the photos again
upload-photo-zip-locked = the ZIP file is locked with a password: pack it again without one
upload-photo-zip-parts = expected at most { $most } files, found { $found }
upload-photo-zip-photos = expected at most { $most } photos, found { $found }
upload-photo-zip-method = packed by { $method }, which is not read: pack it again as an ordinary ZIP (Deflate)
upload-photo-zip-part = { $name }: the ZIP file is damaged ({ $what }): copy it again, or pack it again
upload-photo-zip-unpacked = expected at most { $most } bytes when unpacked
upload-photo-io = the file cannot be read: { $reason }
upload-photo-line = { $name }: { $what }
upload-failed-ours = The file could not be worked on because of a fault on our side. It is not published. Upload it again; if this repeats, tell the operator.
upload-no-sitting = There is no sitting { $code }.
upload-tally = { $count } × { $what }; the first in { $first }
upload-campus-doubled = has several names: { $names }
upload-campus-renamed = renamed: { $before } → { $after }
upload-photo-missing =
    { $of ->
        [one] { $count } of { $of } student without a photo: { $numbers }
       *[other] { $count } of { $of } students without a photo: { $numbers }
    }
upload-photo-none = The ZIP file holds no picture: pack the photos themselves, as JPEG or PNG
upload-photo-junk =
    { $count ->
        [one] { $count } file that systems create by themselves or hide was ignored
       *[other] { $count } files that systems create by themselves or hide were ignored
    }
upload-rosters = Rosters
upload-scores = Scores
upload-photos = Photos
upload-campuses = Campuses
upload-new = Upload a file
upload-sitting = Sitting
upload-campus = Campus
upload-campus-hint = Choose one if the file has no column 校区代码.
upload-campus-file = As the file says in its column of campus codes
upload-file = File
upload-send = Upload and check
upload-send-hint = Checking changes nothing: you look at a preview before you publish.
upload-template = Template (XLSX)
upload-before = Earlier files
upload-none = No file has been uploaded yet.
upload-about-rosters = One row per student. Once it is published, the students in it can find themselves.
upload-about-scores = Scores of earlier sittings, which decide who may enter what.
upload-about-photos = The photos on admission tickets. Upload the roster first.
upload-about-campuses = Codes and names of campuses.
upload-hint-table = CSV or XLSX, up to 200,000 rows, in UTF-8 or GB18030.
upload-hint-scores = CSV or XLSX: 准考证号, 姓名, 证件类型, 证件号码, 科目, 成绩, 考次
upload-hint-photos = ZIP, up to 500 MB, with JPEG or PNG pictures named by student number or document number.
upload-hint-campuses = CSV or XLSX: 校区代码, 校区名称
upload-col-at = Time
upload-col-file = File
upload-col-state = State
upload-col-who = Who
upload-col-line = Line
upload-col-column = Column or file
upload-col-reason = Reason
upload-col-differs = Changes
upload-col-in-file = Column of the file
upload-col-field = Field
upload-col-samples = First rows of the file
upload-state-receiving = being received
upload-state-checking = being checked
upload-state-columns = columns unclear
upload-state-bad = has errors
upload-state-ready = ready to publish
upload-state-publishing = being published
upload-state-published = published
upload-state-taking-back = being taken back
upload-state-withdrawn = withdrawn
upload-state-discarded = discarded
upload-state-refused = refused on arrival
upload-state-cut-off = did not arrive in full
upload-state-lapsed = lapsed
upload-steps = Steps of the import
upload-step-upload = Upload
upload-step-columns = Columns
upload-step-check = Check
upload-step-look = Preview
upload-step-publish = Publish
upload-back = Back to earlier files
upload-sent = Uploaded by { $who } at { $at }
upload-says-checking = The file is being checked. Nothing has been changed.
upload-says-columns = Some columns are not clear: say what they are.
upload-says-unreadable = The file cannot be read. Nothing has been changed.
upload-says-bad = Some rows have errors. Nothing has been changed. Correct them and upload again, or publish the good rows first.
upload-says-nothing-good = No row can be used. Nothing has been changed. Correct what is listed below and upload again.
upload-says-bad-photos = Some files have errors. Nothing has been changed. Correct them and upload again, or publish the good photos first.
upload-says-no-photo = No photo can be used. Nothing has been changed. Correct what is listed below and upload again.
upload-says-again = Another list was published in the meantime, so this one was compared again. Look at it again before you publish.
upload-says-stands = This very file was published before, and nothing has changed since.
upload-says-ready-roster = Nothing has been changed yet. Once published, new students can find themselves (new: { $new }) and changed records hold (changed: { $changed }). Those of them who have saved a registration ({ $saved }) keep it as it is.
upload-says-ready = Nothing has been changed yet. It can be published.
upload-says-publishing = It is being published.
upload-says-published = It is published.
upload-says-taking-back = It is being taken back: the students whom it took out are put back, some at a time. It counts until all of them are.
upload-says-withdrawn = It was withdrawn and no longer counts. It can be published again.
upload-says-withdrawn-kept =
    { $n ->
        [one] It was withdrawn and no longer counts. It can be published again. { $n } person has saved a registration and stays in the roster.
       *[other] It was withdrawn and no longer counts. It can be published again. { $n } people have saved a registration and stay in the roster.
    }
upload-says-discarded = It was discarded. Nothing was changed.
upload-says-refused = It was refused as it arrived, for the reason that was given then. Nothing was changed. Correct it and send it again.
upload-says-cut-off = It did not arrive in full. Nothing was changed. Send it again.
upload-says-lapsed = It waited too long for somebody to decide and has lapsed. Nothing was changed. Send it again if it is needed.
upload-says-given-up = { $who } discarded it. Nothing was changed.
upload-leave = You can leave this page, the work goes on. It is refreshed every 2 seconds.
upload-refresh = Refresh now
upload-figure-rows = Rows
upload-figure-photos = Photos
upload-figure-good = Good
upload-figure-nobody = Without a student
upload-figure-doubtful = Doubtful
upload-figure-without = Students without a photo
upload-without-all = All students who still have no photo (the usable ones in this file count as theirs):
upload-notes = Please note
upload-figure-warnings = Warnings
upload-figure-no-stop = They do not stop the publication
upload-figure-errors = Errors
upload-figure-by-row = rows; a row with several errors counts once and each is listed below
upload-figure-saved = { $saved } saved, { $paid } paid
upload-tab-changed = Changed
upload-tab-new = New
upload-tab-transfer = At another school
upload-tab-gone = Not in the file
upload-tab-unchanged = Unchanged
upload-tabs = Kinds of rows
upload-not-registered = not registered
upload-registered = saved
upload-paid = paid
upload-publish =
    { $n ->
        [one] Publish { $n } row
       *[other] Publish { $n } rows
    }
upload-publish-photos =
    { $n ->
        [one] Publish { $n } photo
       *[other] Publish { $n } photos
    }
upload-publish-good =
    { $n ->
        [one] Publish the good row only
       *[other] Publish the { $n } good rows only
    }
upload-publish-good-photos =
    { $n ->
        [one] Publish the good photo only
       *[other] Publish the { $n } good photos only
    }
upload-publish-waiting = Publish, for the other school to decide
upload-waiting =
    { $n ->
        [one] { $n } more is in the roster of another school: after publication that school decides first.
       *[other] { $n } more are in the roster of another school: after publication that school decides first.
    }
upload-publish-again = Publish again
upload-left-out =
    { $n ->
        [one] { $n } row with errors stays out.
       *[other] { $n } rows with errors stay out.
    }
upload-left-out-photos =
    { $n ->
        [one] { $n } other photo stays out.
       *[other] { $n } other photos stay out.
    }
upload-gone =
    { $gone ->
        [one] { $gone } student of the last file is not in this one
       *[other] { $gone } students of the last file are not in this one
    }
upload-gone-unknown =
    { $unknown ->
        [one] { $unknown } row does not say who it is about.
       *[other] { $unknown } rows do not say who they are about.
    } { $gone ->
        [one] { $gone } student of the last file is not found in this one and may be there: correct the file before you take anybody out.
       *[other] { $gone } students of the last file are not found in this one and may be there: correct the file before you take anybody out.
    }
upload-gone-keep = Keep them
upload-gone-remove = Take them out of the roster
upload-gone-saved =
    { $saved ->
        [one] { $saved } of them has saved a registration and stays.
       *[other] { $saved } of them have saved a registration and stay.
    }
upload-can-withdraw = It can be withdrawn after that.
upload-errors-file = Download the rows with errors
upload-columns = Choose columns
upload-discard = Discard { $file }
upload-withdraw = Withdraw { $file }
upload-withdraw-title = Withdraw this file?
upload-withdraw-about = New students are taken out, and changed ones are as before. Saved registrations are not affected; students who are only in this file and have saved a registration stay, unless you give a reason.
upload-withdraw-about-scores = Its scores no longer count, and those of earlier files hold again. Saved registrations are not affected.
upload-withdraw-about-photos = Its photos are taken out and those of before come back; who had none has none again. Photos that another file has replaced since stay. Tickets that were printed already are not affected.
upload-withdraw-about-campuses = Renamed campuses get their names of before, and new ones are removed. Those that were renamed since stay as they are, and so do campuses with students, capacities, settings or accounts.
upload-withdraw-reason = Reason
upload-withdraw-reason-hint = With a reason, those who have saved a registration are taken out too.
upload-withdraw-do = Withdraw it
upload-columns-title = Columns
upload-columns-about = Choose the row of the header and what each column is.
upload-columns-where = Where to read
upload-sheet = Sheet
upload-header-line = Line of the header
upload-fixed-hint = If the file has no such column, for the whole file:
upload-fixed-none = as the file says
upload-columns-what = What each column is
upload-columns-needed = Required:
upload-column-unused = not used
upload-column-known = known
upload-column-guessed = guessed
upload-column-unknown = choose one
upload-no-samples = There is no row below the header.
upload-columns-keep = Remember this for files with the same header
upload-columns-next = Next: check
upload-columns-again = Read this row
upload-refused-bad = The file has errors, so it cannot be published as it is: correct it and send it again, or publish the rows without errors alone.
upload-refused-state = Its state has changed in the meantime; perhaps somebody else has dealt with it. This is how it is now.
upload-refused-meanwhile = It was compared again since you looked at it. Look at the numbers before you publish.
upload-refused-columns = Every required column must be chosen exactly once.
upload-refused-file-gone = This file is past its keeping time and can’t be published again as it was. Upload the file again.
upload-refused-nothing-kept = This file can’t be withdrawn: it changed nothing, or its sitting is over and what stood before is no longer kept. Send a corrected file instead
upload-refused-too-many = { $n } of your files are being checked, or wait for you to publish or discard them: an account has no more. Publish or discard one of them, then upload again; there is no need to wait. Files that nobody deals with are discarded after seven days. Files that cannot be read do not count.
upload-refused-too-much = Your uploads of the last 24 hours have reached the limit of 4 GB. Upload again tomorrow.
upload-no-file = Choose a file that is not empty.
upload-sitting-unknown = There is no such sitting.
upload-sitting-over = This sitting is over: its roster cannot be changed.
upload-campus-unknown = Choose a campus of your own place.
upload-file-gone = The file was kept for seven days and is gone.
upload-template-list = List
upload-template-notes = Notes
upload-template-note-1 = Columns with * are required. Delete the example row.
upload-template-note-2 = Keep document and student numbers as text.
upload-template-note-3 = Codes of campuses and subjects follow.
upload-template-picture = Name of the picture
upload-template-named-by = How it is named
upload-template-by-student = By student number
upload-template-by-document = By document number
upload-pictures = Have a look
upload-pictures-about = These photos fit nobody, or may be one or another student’s; none of them is stored.
upload-picture = Photo
upload-task =
    { $n ->
        [one] { $n } uploaded file to deal with
       *[other] { $n } uploaded files to deal with
    }
upload-column-campus = Campus code
upload-column-campus-name = Campus name
