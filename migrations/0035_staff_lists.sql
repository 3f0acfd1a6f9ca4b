-- Finding a registration by part of a name in a scope wider than a school (ADR 10): the pairs of letters that a name holds,
-- one index for each place where a pair may begin, and the few names that are longer, to be read through. Indexes, no table:
-- nothing that writes a registration has to think of them, and they can't be behind. Each has a condition that no look-up by
-- key has: on a database without statistics, PostgreSQL would take it for such a look-up.
CREATE INDEX registration_pair_1 ON registration (substr(name_key, 1, 2), sitting, school, id)
    WHERE state = 'live' AND length(name_key) > 1;
CREATE INDEX registration_pair_2 ON registration (substr(name_key, 2, 2), sitting, school, id)
    WHERE state = 'live' AND length(name_key) > 2;
CREATE INDEX registration_pair_3 ON registration (substr(name_key, 3, 2), sitting, school, id)
    WHERE state = 'live' AND length(name_key) > 3;
CREATE INDEX registration_long_name ON registration (sitting, school, id, name_key)
    WHERE state = 'live' AND length(name_key) > 4;
CREATE INDEX registration_number ON registration (student_number, sitting, school, id)
    WHERE state = 'live' AND student_number <> '';

-- The list of a school's students by its place: SQLite took the key of documents, and read the whole sitting.
CREATE INDEX student_record_list ON student_record (sitting, school, id);
