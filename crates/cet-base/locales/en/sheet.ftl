sheet-is-lock = this is a lock file that a spreadsheet program keeps while the list is open, import the list itself
sheet-is-xls = this is an old .xls (or locked) workbook, save it as .xlsx without a password
sheet-is-utf16 = this is UTF-16 text, save it as CSV UTF-8
sheet-is-rar = this is a RAR archive, unpack it and import the list inside
sheet-is-7z = this is a 7z archive, unpack it and import the list inside
sheet-is-gzip = this is a gzip archive, unpack it and import the list inside
sheet-is-pdf = this is a PDF, export the list as .xlsx instead
sheet-is-picture = this is a picture, export the list as .xlsx instead
sheet-is-empty-zip = this is an empty ZIP archive
sheet-is-dbf = this is a dBASE table (.dbf), open it in a spreadsheet program and save it as .xlsx
sheet-is-nul = this is UTF-16 text without its mark or no text at all, save it as CSV UTF-8
sheet-is-xml-sheet = this is an XML spreadsheet, open it in a spreadsheet program and save it as .xlsx
sheet-is-web-page = this is a web page under the name of a workbook, open it in a spreadsheet program and save it as .xlsx
sheet-is-xml = this is an XML file, export the list as .xlsx instead
sheet-is-sylk = this is a SYLK file (.slk), open it in a spreadsheet program and save it as .xlsx
sheet-is-rtf = this is a text document (.rtf), export the list as .xlsx instead
sheet-is-mht = this is a web archive (.mht), open it in a spreadsheet program and save it as .xlsx
sheet-is-xlsb = this is a binary workbook (.xlsb), save it as .xlsx
sheet-is-ods = this is an OpenDocument file (.ods), save it as .xlsx
sheet-is-document = this is a text document or a presentation, copy the list into a workbook and save it as .xlsx
sheet-is-numbers = this is a Numbers file, export it as .xlsx
sheet-is-zip = this is a ZIP archive, unpack it and import the list inside
sheet-is-zip-without = this is a ZIP archive without a workbook, save the list as .xlsx
sheet-no-encoding = in neither encoding the first rows hold the columns' names
sheet-hostile-names = two sheets have one name
sheet-hostile-parts = it has too many parts
sheet-hostile-packed = a part is packed more tightly than any spreadsheet is
sheet-hostile-xml = a part is not XML in UTF-8
sheet-hostile-doctype = a part declares a document type
sheet-odd-boolean = TRUE or FALSE: type a text instead
sheet-odd-date = a date: format the column as text and type it again
sheet-odd-error = an error of a formula: correct the formula or type a text instead
sheet-odd-uncalculated = a formula that was never calculated: open the file in a spreadsheet program, copy the column and insert it as values
sheet-odd-zero = 0 from a formula that was never calculated or that points at an empty cell: copy the column and insert it as values
sheet-own-fraction = expected text, found a number of a spreadsheet that is no positive whole number: correct it and format the column as text
sheet-own-only-marks = expected a name, found only marks
sheet-own-exchanged = expected a name, found what 学号 should hold: the two columns are exchanged
sheet-own-masked = the document number is masked: request the file with full document numbers (Files), and correct that one
sheet-own-number = expected letters and digits, found other characters
sheet-own-residence = a residence permit (居住证) is not taken: give 港澳居民来往内地通行证 or 台湾居民往来大陆通行证 with its number
sheet-own-permanent = a permanent residence card is not taken: give 护照 with its number
sheet-own-which = is it 港澳居民来往内地通行证 or 台湾居民往来大陆通行证? write which
sheet-own-soldier = officers' and soldiers' cards are not taken: give 居民身份证 with its number
sheet-kind-short = rows that end early; what is missing was taken as empty
sheet-kind-number-taken = numbers of a spreadsheet, taken as they are: check their leading zeros
sheet-kind-shared = keys that stand with two documents; both are taken
sheet-kind-shared-number = student numbers that two students of a school share: their tickets print without a photo
sheet-kind-other-school = students whom another school's roster holds: that school decides
sheet-kind-check-digit = document numbers whose form or check digit does not fit
sheet-kind-unprintable = names with characters that no font has
sheet-kind-name-digits = names with digits: 姓名 may hold what belongs to another column
sheet-kind-education = another education than 专科, 本科 or 研究生, taken as it is
sheet-kind-stray = cells in columns without a name: not read
sheet-kind-outside = rows with nothing in the columns of this table: not read
sheet-kind-others = others
sheet-kind-ends-in-zeros = document numbers that end in 000, as after a spreadsheet cut their last digits
sheet-unit-rows = rows
sheet-unit-columns = columns
sheet-unit-row-bytes = bytes in a row
sheet-unit-unpacked = bytes unpacked
sheet-unit-texts = different texts in a workbook
sheet-unit-merged = merged cells
sheet-unit-packed = bytes of a packed file
sheet-unit-bytes = bytes
sheet-expect-name = a name
sheet-expect-campus-name = the name of a campus
sheet-expect-sex = 男, 女 or nothing
sheet-expect-document = a document number
sheet-expect-subjects = codes of subjects of the sitting, joined by ;
sheet-expect-ticket = 15 digits, or F or S and 14 digits
sheet-expect-campus = a campus of the catalogue
sheet-expect-own-campus = a campus of your own place
sheet-expect-school-code = a school code of 5 digits
sheet-expect-campus-code = a campus code of 6 digits
sheet-expect-known-campus-code = a campus code of 6 digits, not 00000…
sheet-expect-kinds = one of { $value }
sheet-expect-school-of = { $value }, the school of the campus
sheet-expect-one-subject = one subject code
sheet-expect-points = a whole number from 0 to 710
sheet-expect-subject-of-ticket = { $value }, which the ticket number names
sheet-wrong-bytes = expected characters of the file's encoding, found broken bytes
sheet-wrong-fields = expected { $expected } fields as the header has, found { $found }
sheet-wrong-short = ends early; the missing fields are taken as empty
sheet-wrong-too-long = expected at most { $max }, found more
sheet-wrong-number = expected text, found a number of a spreadsheet, which lost its last digits: format the column as text and type it again
sheet-wrong-number-taken = a number of a spreadsheet, taken as it is: if leading zeros are missing, format the column as text and type it again
sheet-wrong-character = expected a line of text, found the character { $code }: delete it
sheet-wrong-merged = expected single cells, found the merged cells { $range }
sheet-wrong-nothing = expected { $expected }, found nothing
sheet-wrong-expected = expected { $expected }, found "{ $found }"
sheet-wrong-odd = expected text, found { $what }
sheet-wrong-doubled = stands twice in this file, first in { $first }
sheet-wrong-doubled-later = stands twice in this file, again in { $other }
sheet-wrong-shared = stands with another document in { $first }; both are taken
sheet-wrong-shared-number = { $number } is also the number of another student of this school, in { $place }: no photo is printed for either, correct the number
sheet-wrong-shared-elsewhere = a student of another campus of this school has this number too: no photo is printed for either, ask the school which one is right
sheet-in-earlier-file = an earlier file
sheet-wrong-other-school = the person is in the roster of school { $school } for this sitting: the row waits until that school has decided
sheet-wrong-check-digit = the form or the check digit of "{ $found }" does not fit this kind of document; taken as it is
sheet-wrong-unprintable = tickets would show boxes instead of { $found }, which no font has: correct it, or let the operator add a font
sheet-wrong-name-digits = a name with digits, taken as it is: does it belong to another column?
sheet-wrong-education = education "{ $found }" is none of 专科, 本科 and 研究生, taken as it is: check it
sheet-wrong-stray = cell { $cell } stands in a column without a name and was not read
sheet-wrong-outside = holds nothing in the columns of this table and was not read
sheet-place-line = line { $line }
sheet-place-sheet = sheet { $sheet }, line { $line }
sheet-header-missing = column { $name } is missing
sheet-header-unknown = column "{ $name }" is not known
sheet-header-doubled = column { $name } stands twice
sheet-error-io = the file can't be read: { $reason }
sheet-error-too-large = too large: expected at most { $limit } { $what }
sheet-error-other-form = expected CSV (UTF-8 or GB18030) or XLSX: { $what }
sheet-error-hostile = the workbook is refused: { $what }
sheet-error-damaged = the workbook can't be read: it is damaged or cut off, copy or download it again
sheet-error-workbook = the workbook can't be read, open it with a spreadsheet program and save it as .xlsx again ({ $reason })
sheet-error-header = { $place } is not the whole header: { $faults }
sheet-error-no-header = no header was found: expected a row with the columns' names ({ $columns }) among the first ten
sheet-error-other-sheet =
    { $rows ->
        [one] { $place } is not the whole header, so its { $rows } row would be left out: { $faults }; mend the header or delete the sheet
       *[other] { $place } is not the whole header, so its { $rows } rows would be left out: { $faults }; mend the header or delete the sheet
    }
sheet-error-hidden-list = the list stands in the hidden sheet { $sheet }: unhide it, so that you see what is imported
sheet-error-quote = line { $line }: a quotation mark opens here and is never closed
sheet-error-empty = the file holds no row
sheet-note-read =
    { $rows ->
        [one] sheet { $sheet }: { $rows } row
       *[other] sheet { $sheet }: { $rows } rows
    }
sheet-note-unread-hidden =
    { $rows ->
        [one] not read: sheet { $sheet } (hidden) with { $rows } row, because it is hidden: unhide it if it belongs to the list
       *[other] not read: sheet { $sheet } (hidden) with { $rows } rows, because it is hidden: unhide it if it belongs to the list
    }
sheet-note-unread =
    { $rows ->
        [one] not read: sheet { $sheet } with { $rows } row, because it has no header of this table
       *[other] not read: sheet { $sheet } with { $rows } rows, because it has no header of this table
    }
sheet-note-unread-hidden-other =
    { $rows ->
        [one] not read: sheet { $sheet } (hidden) with { $rows } row, because it has no header of this table
       *[other] not read: sheet { $sheet } (hidden) with { $rows } rows, because it has no header of this table
    }
sheet-note-above = not read: { $place }, above the header
sheet-note-hidden-rows =
    { $count ->
        [one] read like the others: { $count } hidden row of sheet { $sheet }, line { $first }
       *[other] read like the others: { $count } hidden rows of sheet { $sheet }, the first is line { $first }
    }
sheet-note-missing = the file has no column { $name }: taken as empty
sheet-note-missing-sheet = the file has no column { $name } in sheet { $sheet }: taken as empty
sheet-note-unknown = not read: column "{ $name }", which this table does not have
sheet-note-unknown-sheet = not read: column "{ $name }" of sheet { $sheet }, which this table does not have
sheet-headline = { $count } of { $rows } rows: { $what }
sheet-own-example = this is the example row of the template: delete it
